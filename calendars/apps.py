"""Business time: the calendars every deadline is counted in."""

from __future__ import annotations

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "calendars"
    default_auto_field = "django.db.models.BigAutoField"
