"""Times as conversations show them: Today 09:12, Mon 10:04, 12 May 10:04."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WEEK = 7


def moment_mark(moment: datetime, *, now: datetime) -> SafeString:
    """The time for reading, the exact one as title and for machines."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        date_format(local, "DATETIME_FORMAT"),
        moment_text(moment, now=now),
    )


def moment_text(moment: datetime, *, now: datetime) -> str:
    """The day as people say it, and the time, in the reader's zone."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    days = (today - local.date()).days
    day = {0: _("Today"), 1: _("Yesterday")}.get(days)
    if day is None:
        near = "D" if 0 < days < WEEK else "j M" if local.year == today.year else "j M Y"
        day = date_format(local, near)
    return f"{day} {time_format(local, 'H:i')}"
