"""What an agent types and has not sent yet: nothing typed is ever lost."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tickets.models.ticket import Ticket


class Draft(models.Model):
    """One unsent text of one kind of one person on one ticket; `revision` orders late saves.

    `recipients` holds the address lines as typed, `files` those of a message that came back.
    `predefined` are the replies that stand in the text, `promise_due_at` is what the chip says.
    A shared one is read and taken over by colleagues.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8, default="reply")
    text = models.TextField(blank=True)
    recipients = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    predefined = models.JSONField(default=list)
    promise_due_at = models.DateTimeField(null=True)
    is_shared = models.BooleanField(default=False)
    revision = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user", "kind"], name="draft_once_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} draft of {self.user_id} on {self.ticket_id}"

    def unstored(self) -> Draft:
        """What it says, to be given to another person or ticket."""
        names = ("kind", "text", "recipients", "files", "predefined", "promise_due_at", "is_shared")
        return Draft(**{name: getattr(self, name) for name in names})
