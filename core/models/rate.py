"""Counted attempts in windows of time, in PostgreSQL: a restart resets nothing (X-22)."""

from __future__ import annotations

from django.db import models


class RateWindow(models.Model):
    """How often `key` happened in the window of `seconds` that began at `starts_at`.

    Windows of different lengths begin together now and then (an hour and a day do at midnight),
    so the length belongs to the name of the window.
    """

    key = models.CharField(max_length=160)
    seconds = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "seconds", "starts_at"], name="rate_window_once")
        ]
        indexes = [models.Index(fields=["starts_at"], name="rate_window_age")]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
