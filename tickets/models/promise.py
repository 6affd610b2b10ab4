"""Promises to customers: "I'll get back to you by tomorrow noon", kept or broken (N12, R183)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.message import Message
from tickets.models.ticket import Ticket


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises in the words of their reports."""

    def open(self) -> PromiseQuerySet:
        return self.filter(state=Promise.State.OPEN)

    def awaited(self) -> PromiseQuerySet:
        """Those the customer still waits for: open, or broken and not made good yet."""
        broken = models.Q(state=Promise.State.BROKEN, answered_at=None)
        return self.filter(models.Q(state=Promise.State.OPEN) | broken)


class Promise(models.Model):
    """Somebody said by when the customer hears from us."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept")
        BROKEN = "broken", _("broken")
        WITHDRAWN = "withdrawn", _("withdrawn")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="promises")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="promises"
    )
    by_name = models.CharField(max_length=160, blank=True)
    due_at = models.DateTimeField()
    text = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # When the customer heard from us although it was broken: until then it holds the ticket up.
    answered_at = models.DateTimeField(null=True)
    made_with = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="promises_made")
    kept_with = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="promises_kept")

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["ticket", "id"], name="promise_of_ticket"),
            models.Index(fields=["due_at", "state"], name="promise_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at=None)
                | ~models.Q(state="open") & models.Q(ended_at__isnull=False),
                name="promise_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"promise {self.pk} of ticket {self.ticket_id}"

    @property
    def is_awaited(self) -> bool:
        """Whether the customer still waits for it."""
        is_unanswered = self.state == self.State.BROKEN and self.answered_at is None
        return self.state == self.State.OPEN or is_unanswered
