"""Single values that managers may change."""

from __future__ import annotations

from django.db import models


class Option(models.Model):
    """One value under a declared key; `core.options` knows type, default and bounds."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.key
