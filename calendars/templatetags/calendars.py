"""What a calendar's page shows beside its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from calendars.history import VersionLine, version_lines
from calendars.models import BusinessCalendar
from calendars.preview import PreviewDay, next_days
from calendars.words import hours_text, house_hours
from core import clock

register = template.Library()


@register.simple_tag
def preview_days(spec: Mapping[str, Any]) -> list[PreviewDay]:
    """The next days of a spec."""
    return next_days(spec, now=clock.now())


@register.simple_tag
def calendar_versions(calendar: BusinessCalendar) -> list[VersionLine]:
    """Who changed it when, and what."""
    return version_lines(calendar)


@register.simple_tag
def open_hours(calendar: BusinessCalendar) -> str:
    """The weekly hours in words."""
    return hours_text(calendar)


@register.simple_tag(name="house_hours")
def house_hours_text() -> str:
    """The weekly hours of the default calendar in words."""
    return house_hours()
