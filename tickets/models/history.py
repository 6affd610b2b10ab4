"""The ticket's history: append-only, enforced by a database trigger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Event(models.Model):
    """One thing that happened to a ticket: timeline, audit trail, source of clocks and reports."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        MESSAGE_RECEIVED = "message_received", _("message received")
        REPLIED = "replied", _("replied")
        NOTE_ADDED = "note_added", _("note added")
        CHANGED = "changed", _("changed")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        MARKED_SPAM = "marked_spam", _("marked as spam")
        UNMARKED_SPAM = "unmarked_spam", _("marked as no spam")
        TAGGED = "tagged", _("tags changed")
        FOLLOWERS_CHANGED = "followers_changed", _("followers changed")
        LINKED = "linked", _("linked")
        DELIVERY_FAILED = "delivery_failed", _("delivery failed")
        REPLY_WITHDRAWN = "reply_withdrawn", _("reply withdrawn")
        SENT_AGAIN = "sent_again", _("sent again")
        RELEASED = "released", _("message approved")
        DELETED = "deleted", _("deleted")
        MERGED = "merged", _("merged")
        ESCALATED = "escalated", _("escalated")
        DEESCALATED = "deescalated", _("no longer escalated")
        SNOOZED = "snoozed", _("snoozed")
        WOKEN = "woken", _("back in the queue")
        UNPINNED = "unpinned", _("hand-over note unpinned")
        TASK_CHANGED = "task_changed", _("task changed")
        WATCHERS_CHANGED = "watchers_changed", _("watchers changed")
        MERGED_IN = "merged_in", _("another ticket merged in")
        UNMERGED = "unmerged", _("merge undone")
        PARTED = "parted", _("a merged ticket went out again")
        SPLIT = "split", _("split")
        UNLINKED = "unlinked", _("link removed")
        INCIDENT = "incident", _("incident")
        PROMISE = "promise", _("promise")
        REPLY_SCHEDULED = "reply_scheduled", _("scheduled reply")
        FORWARDED = "forwarded", _("forwarded")
        FORWARD_WITHDRAWN = "forward_withdrawn", _("forward withdrawn")
        REDACTED = "redacted", _("redacted")
        APPOINTMENT_CHANGED = "appointment_changed", _("appointment changed")
        TIME_CHANGED = "time_changed", _("time changed")
        ASSET_CHANGED = "asset_changed", _("asset changed")
        CLAIM_CHANGED = "claim_changed", _("warranty claim changed")

    class ActorKind(models.TextChoices):
        USER = "user", _("user")
        CUSTOMER = "customer", _("customer")
        RULE = "rule", _("rule")
        API = "api", _("API key")
        SYSTEM = "system", _("system")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    actor_customer = models.ForeignKey(
        Customer, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    actor_name = models.CharField(max_length=160, blank=True)
    message = models.ForeignKey(
        Message, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["ticket", "id"], name="event_timeline"),
            models.Index(fields=["at"], name="event_at"),
            models.Index(
                fields=["actor_user", "at"],
                name="event_by_agent",
                condition=models.Q(actor_user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of ticket {self.ticket_id}"
