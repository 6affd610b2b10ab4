"""The intake ledger: each received mail with exactly one outcome and its trace (N4)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from tickets.models import Message, Ticket


class InboundMail(models.Model):
    """One received mail; the raw bytes lie compressed in the file store under `sha256`."""

    class Outcome(models.TextChoices):
        PENDING = "", _("not settled yet")
        TICKET = "ticket", _("new ticket")
        REPLY = "reply", _("reply")
        DUPLICATE = "duplicate", _("duplicate")
        QUARANTINED = "quarantined", _("quarantined")
        IGNORED = "ignored", _("ignored")
        FAILED = "failed", _("failed")

    source = models.CharField(max_length=40, default="pipe")
    recipient = models.CharField(max_length=254, blank=True)
    envelope_sender = models.CharField(max_length=254, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True)
    trace = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    from_name = models.CharField(max_length=160, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    identifier = models.CharField(max_length=998, blank=True)
    body_sha256 = models.CharField(max_length=64, blank=True)
    is_automatic = models.BooleanField(default=False)
    is_bounce = models.BooleanField(default=False)
    authentication = models.JSONField(default=dict)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, related_name="inbound_mails"
    )
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="inbound_mails")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="inbound_mail")
    raw_deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "recipient", "sha256"], name="inbound_mail_once"
            )
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="inbound_newest"),
            models.Index(fields=["outcome", "-received_at", "-id"], name="inbound_outcome"),
            models.Index(fields=["from_address", "-received_at"], name="inbound_sender"),
            models.Index(
                fields=["next_attempt_at"],
                name="inbound_unsettled",
                condition=models.Q(settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome or 'pending'} {self.subject}"


class MessageIdentifier(models.Model):
    """A Message-ID seen in a department's mailbox, and the ticket it belongs to (mail.md 34c)."""

    identifier = models.CharField(max_length=998)
    body_sha256 = models.CharField(max_length=64, blank=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="message_identifiers")
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, related_name="message_identifiers"
    )
    is_ours = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["identifier"], name="message_identifier")]

    def __str__(self) -> str:
        return self.identifier
