"""Changes of many tickets at once: what was asked, and what became of each ticket."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Job
from tickets.models.ticket import Ticket


class BulkRun(models.Model):
    """One step over many tickets; `wish` holds its choices, such as the id of an assignee."""

    step = models.CharField(max_length=20)
    wish = models.JSONField(default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Chosen tickets that are not there for this person; they have no row, so nothing tells of them.
    unseen = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone_by")
    list_query = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="bulkrun_created"),
            models.Index(
                fields=["created_at"],
                name="bulkrun_unfinished",
                condition=models.Q(finished_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be done: finished, or its job was stopped or gave up."""
        return self.finished_at is not None or (self.job is not None and self.job.is_finished)


class BulkRunTicket(models.Model):
    """One ticket of a run: `before` and `after` hold the fields the step is about."""

    class State(models.TextChoices):
        PENDING = "pending", _("not reached")
        DONE = "done", _("changed")
        SAME = "same", _("was so already")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    after: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "ticket"], name="bulkrunticket_once")]
        indexes = [
            models.Index(
                fields=["run", "id"],
                name="bulkrunticket_pending",
                condition=models.Q(state="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.ticket_id} {self.state}"
