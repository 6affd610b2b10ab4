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


def day_time(moment: datetime, *, now: datetime) -> str:
    """A time to come or just gone, within a sentence: 13:30 today, Wed 13:30, Wed 12 May 13:30."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    days = abs((local.date() - today).days)
    if not days:
        return _("%(time)s today") % {"time": time_format(local, "H:i")}
    form = "D H:i" if days < WEEK else "D j M H:i" if local.year == today.year else "j M Y H:i"
    return date_format(local, form)
