"""Mail that leaves: a delivery row written in the transaction that causes it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from core.models import Delivery
from tickets.models import Message, Ticket


class OutgoingMail(Delivery):
    """One mail to one set of recipients, with a Message-ID fixed before it is sent."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        RECEIPT = "receipt", _("Receipt confirmation")
        NOTICE = "notice", _("Notice")
        ACCOUNT = "account", _("Account mail")

    kind = models.CharField(max_length=8, choices=Kind)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="outgoing_mails")
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, related_name="outgoing_mail"
    )
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, related_name="outgoing_mails"
    )
    identifier = models.CharField(max_length=255, unique=True)
    envelope_sender = models.CharField(max_length=254, blank=True)
    from_header = models.CharField(max_length=400, blank=True)
    reply_to = models.CharField(max_length=400, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    subject = models.CharField(max_length=998)
    headers = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    composed_at = models.DateTimeField(null=True)
    sealed_body = models.BinaryField(null=True)
    recipient_results = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="outgoing_due",
                condition=models.Q(state__in=["pending", "sending"]),
            ),
            models.Index(fields=["-created_at", "-id"], name="outgoing_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="outgoing_state"),
            models.Index(fields=["ticket", "id"], name="outgoing_ticket"),
            models.Index(fields=["kind", "-created_at"], name="outgoing_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    def recipients(self) -> list[str]:
        """Every address the mail is to reach, once."""
        return list(dict.fromkeys([*self.to, *self.cc, *self.bcc]))

    def outstanding(self) -> list[str]:
        """Recipients whose server has neither taken nor refused the mail yet."""
        done = {
            email
            for email, result in self.recipient_results.items()
            if result["state"] in ("sent", "failed")
        }
        return [email for email in self.recipients() if email not in done]
