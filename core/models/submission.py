"""Idempotency keys of forms: one rendered form makes one effect (trust.md 5, D-20)."""

from __future__ import annotations

from django.db import models


class Submission(models.Model):
    """A form that was accepted once; a replay is answered with `location`."""

    actor_key = models.CharField(max_length=80)
    key = models.UUIDField()
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_key", "key"], name="submission_once")]
        indexes = [models.Index(fields=["created_at"], name="submission_age")]

    def __str__(self) -> str:
        return f"{self.actor_key} {self.key}"
