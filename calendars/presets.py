"""Adding the calendars of the seeds that an installation does not have yet (sla.md 11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from calendars.actions import CalendarFacts, save_calendar
from calendars.models import BusinessCalendar
from calendars.shipped import OTHERS


@transaction.atomic
def ensure_presets(*, actor: Any, now: datetime) -> list[BusinessCalendar]:
    """Add the calendars of the seeds that are not there by name; returns those it added."""
    present = set(BusinessCalendar.objects.values_list("name", flat=True))
    return [
        save_calendar(None, facts=CalendarFacts(**preset), actor=actor, now=now)
        for preset in OTHERS
        if preset["name"] not in present
    ]
