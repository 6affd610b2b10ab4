"""Messages of a ticket and the files they carry."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tickets.models.ticket import Channel, Ticket

if TYPE_CHECKING:
    from accounts.models import User


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by who may read them."""

    def public(self) -> MessageQuerySet:
        """What the customer may read: nothing internal, nothing held back (X-03, X-37)."""
        return self.exclude(kind__in=INTERNAL_KINDS).filter(is_held=False)

    def by_customers(self) -> MessageQuerySet:
        return self.filter(kind=Message.Kind.INBOUND)

    def sent_to(self, address: str) -> MessageQuerySet:
        told = models.Q(recipients_to__contains=[address])
        return self.filter(told | models.Q(recipients_cc__contains=[address]))

    def ticket_ids(self, most: int) -> list[int]:
        """The tickets of the newest `most` of these messages."""
        # By a sum, for the planner would read all messages backwards to save the sorting of few.
        newest = self.order_by((models.F("pk") + 0).desc()).values_list("ticket_id", flat=True)
        return list(dict.fromkeys(newest[:most]))


class Message(models.Model):
    """Something said in a ticket: by a customer, by staff, or by the system."""

    class Kind(models.TextChoices):
        INBOUND = "inbound", _("Message")
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Internal note")
        FORWARD = "forward", _("Forward")

    class DeliveryState(models.TextChoices):
        NONE = "", _("Not sent")
        QUEUED = "queued", _("Sending")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept in the outbox")
        FAILED = "failed", _("Not delivered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    # The ticket it was said in, where that one was merged into `ticket` (N19).
    origin = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, related_name="merged_messages", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    author_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages"
    )
    author_customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="messages"
    )
    author_name = models.CharField(max_length=160, blank=True)
    author_email = models.CharField(max_length=254, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    quoted_text = models.TextField(blank=True)
    quoted_html = models.TextField(blank=True)
    sanitiser_version = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=16, blank=True)
    recipients_to = models.JSONField(default=list)
    recipients_cc = models.JSONField(default=list)
    recipients_bcc = models.JSONField(default=list)
    is_automatic = models.BooleanField(default=False)
    is_unverified = models.BooleanField(default=False)
    is_held = models.BooleanField(default=False)
    authentication = models.JSONField(default=dict)
    delivery_state = models.CharField(max_length=10, choices=DeliveryState, blank=True, default="")
    delivery_detail = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    # Of a forward: what it passes on. Of a note: the forward that a third party answers by it.
    source = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", db_index=False)
    redacted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], name="message_thread"),
            models.Index(
                fields=["ticket"],
                name="message_held",
                condition=models.Q(is_held=True),
            ),
            models.Index(
                fields=["source"],
                name="message_source",
                condition=models.Q(source__isnull=False),
            ),
            models.Index(
                fields=["origin", "id"],
                name="message_origin",
                condition=models.Q(origin__isnull=False),
            ),
            # Who a message went to (`to:` in the search); most came in and have nobody in it.
            GinIndex(
                fields=["recipients_to", "recipients_cc"],
                name="message_recipients",
                opclasses=["jsonb_path_ops", "jsonb_path_ops"],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(author_user=None) | models.Q(author_customer=None),
                name="message_one_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of ticket {self.ticket_id}"

    @property
    def conversation(self) -> Ticket:
        """The ticket as its customer knows it: the one this was said in."""
        return self.origin or self.ticket

    @property
    def is_note(self) -> bool:
        return self.kind == self.Kind.NOTE

    @property
    def is_forward(self) -> bool:
        return self.kind == self.Kind.FORWARD

    @property
    def is_internal(self) -> bool:
        """Notes, and what went to third parties: the customer sees neither (X-37)."""
        return self.kind in INTERNAL_KINDS

    @property
    def is_public(self) -> bool:
        return not self.is_internal and not self.is_held

    @property
    def is_redacted(self) -> bool:
        return self.redacted_at is not None

    @property
    def is_by_staff(self) -> bool:
        return self.kind != self.Kind.INBOUND


INTERNAL_KINDS = (Message.Kind.NOTE, Message.Kind.FORWARD)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files by who may open them."""

    def public(self) -> AttachmentQuerySet:
        """Files of messages a customer may read: nothing internal, nothing held (X-37)."""
        return self.leaving().exclude(message__kind__in=INTERNAL_KINDS)

    def leaving(self) -> AttachmentQuerySet:
        """Files that may leave the house behind a signed link: never of a note, nothing held."""
        return (
            self.kept()
            .exclude(message__kind=Message.Kind.NOTE)
            .filter(message__is_held=False, ticket__deleted_at=None)
        )

    def kept(self) -> AttachmentQuerySet:
        """Files whose content was not redacted."""
        return self.filter(redacted_at=None)

    def visible_to(self, user: User) -> AttachmentQuerySet:
        """See `tickets.permissions.attachments_visible_to`."""
        from tickets.permissions import attachments_visible_to  # noqa: PLC0415 -- the policy reads these models

        return attachments_visible_to(user, self)


class Attachment(models.Model):
    """A file of a message; the bytes lie content-addressed in the file store."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    redacted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.filename
