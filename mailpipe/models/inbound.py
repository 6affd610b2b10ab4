"""The intake ledger: each received mail with exactly one outcome and its trace (N4)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from tickets.models import Message, Ticket

KEY_LENGTH = 250
# Outcomes that left no ticket behind.
REPLAYABLE = ("quarantined", "ignored", "failed")


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    """Received mails by where they stand."""

    def unsettled(self) -> InboundMailQuerySet:
        return self.filter(settled_at=None)

    def due(self, now: datetime) -> InboundMailQuerySet:
        """Unsettled ones whose next try has come, in order of arrival."""
        return self.unsettled().filter(next_attempt_at__lte=now).order_by("received_at", "id")

    def quarantined(self) -> InboundMailQuerySet:
        return self.filter(outcome=InboundMail.Outcome.QUARANTINED)


class InboundMail(models.Model):
    """One received mail; `sha256` is of its raw bytes, which lie compressed under `stored_as`."""

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
    stored_as = models.CharField(max_length=64)
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
    is_released = models.BooleanField(default=False)
    raw_deleted_at = models.DateTimeField(null=True)

    objects = InboundMailQuerySet.as_manager()

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
            models.Index(
                fields=["received_at"],
                name="inbound_raw_kept",
                condition=models.Q(raw_deleted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome or 'pending'} {self.subject}"

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    @property
    def may_be_replayed(self) -> bool:
        """Whether settling it again cannot make a second ticket."""
        return self.is_settled and self.outcome in REPLAYABLE and self.raw_deleted_at is None


class MessageIdentifier(models.Model):
    """A Message-ID that belongs to a ticket: of a mail in it, or named by one of its mails.

    `is_awaited` marks the latter: it has not come yet, its answer overtook it (mail.md 41).
    Long and non-ASCII identifiers are kept as their digest, which fits an index entry.
    """

    key = models.CharField(max_length=260)
    body_sha256 = models.CharField(max_length=64, blank=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="message_identifiers")
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, related_name="message_identifiers"
    )
    is_awaited = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key"], name="message_identifier")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "body_sha256"],
                condition=models.Q(is_awaited=False),
                name="message_identifier_once",
            )
        ]

    def __str__(self) -> str:
        return self.key

    @staticmethod
    def key_of(message_id: str) -> str:
        """What `message_id` is stored and found under."""
        bare = message_id.strip().strip("<>")
        if len(bare) <= KEY_LENGTH and bare.isascii():
            return bare
        return f"sha256:{hashlib.sha256(bare.encode(errors='replace')).hexdigest()}"
