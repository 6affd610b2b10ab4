"""Colleagues named in a note."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tickets.models.message import Message


class Mention(models.Model):
    """A note called a colleague by `@Name`."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in message {self.message_id}"
