"""What is to happen at a time: rows that a sweep acts on once they are due (ARCHITECTURE 3)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TimedAction(models.Model):
    """One thing to do at `due_at`; `kind` names what, `key` names for whom."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for its time")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="timed_action_once")]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="timed_action_due",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                fields=["ended_at"],
                name="timed_action_ended",
                condition=models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
