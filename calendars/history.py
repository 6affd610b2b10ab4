"""Who changed a calendar when, and what, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from calendars.differences import changes
from calendars.models import BusinessCalendar

SHOWN = 20


@dataclass(frozen=True)
class VersionLine:
    """One version, newest first."""

    at: datetime
    who: str
    words: list[str]
    is_shipped: bool


def version_lines(calendar: BusinessCalendar) -> list[VersionLine]:
    """The newest versions with what each changed."""
    rows = list(calendar.versions.select_related("created_by").order_by("-pk")[: SHOWN + 1])
    older: list[Any] = [*rows[1:], None]
    pairs = list(zip(rows, older, strict=True))[:SHOWN]
    return [
        VersionLine(
            at=row.valid_from,
            who=str(row.created_by or _("System")),
            words=changes(before.spec if before else {}, row.spec),
            is_shipped=before is None and row.created_by is None,
        )
        for row, before in pairs
    ]
