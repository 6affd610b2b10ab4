"""What an agent types and has not sent yet: nothing typed is ever lost."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tickets.models.ticket import Ticket


class Draft(models.Model):
    """One unsent text of one person on one ticket; `revision` orders late saves."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8, default="reply")
    text = models.TextField(blank=True)
    revision = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.user} on {self.ticket_id}"
