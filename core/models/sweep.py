"""When each sweep last ran, so that two runners do not pile up and a standstill is seen."""

from __future__ import annotations

from django.db import models


class SweepRun(models.Model):
    """The latest run of one sweep; `busy_until` keeps a second runner away."""

    key = models.CharField(max_length=80, primary_key=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.key
