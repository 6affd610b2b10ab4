"""What changed from one version of a calendar to the next, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from calendars.words import DAYS, day_name, spans_text, zone_text

LISTED = 6

Spec = Mapping[str, Any]


def parts(spec: Spec) -> dict[str, str]:
    """Each part of a calendar in words, for the audit log."""
    if not spec:
        return {}
    weekly = [
        f"{day_name(day)} {spans_text(spans)}"
        for day, spans in spec.get("weekly", {}).items()
        if spans
    ]
    return {
        "time zone": spec.get("tz", ""),
        "hours": "; ".join(weekly),
        "holidays": ", ".join(_holiday(spec, day) for day in spec.get("holidays", [])),
        "special days": "; ".join(_special(*item) for item in _exceptions(spec).items()),
        "breaks": "; ".join(_break(*pair) for pair in sorted(_breaks(spec))),
    }


def changes(before: Spec, after: Spec) -> list[str]:
    """One sentence for each part that differs; the first version has none before it."""
    if not before:
        return [_("The first version.")]
    return [
        *_zone_change(before, after),
        *_weekly_changes(before, after),
        *_set_changes(
            {day: _holiday(before, day) for day in before.get("holidays", [])},
            {day: _holiday(after, day) for day in after.get("holidays", [])},
            added=_("Holidays added: %(names)s"),
            dropped=_("Holidays dropped: %(names)s"),
        ),
        *_set_changes(
            {day: _special(day, spans) for day, spans in _exceptions(before).items()},
            {day: _special(day, spans) for day, spans in _exceptions(after).items()},
            added=_("Special days added: %(names)s"),
            dropped=_("Special days dropped: %(names)s"),
        ),
        *_set_changes(
            {pair: _break(*pair) for pair in sorted(_breaks(before))},
            {pair: _break(*pair) for pair in sorted(_breaks(after))},
            added=_("Breaks added: %(names)s"),
            dropped=_("Breaks dropped: %(names)s"),
        ),
    ]


def day_text(day: str) -> str:
    """A date as people write it: 25 Dec 2025."""
    return date_format(date.fromisoformat(day), "j M Y")


def _zone_change(before: Spec, after: Spec) -> list[str]:
    old, new = before.get("tz", ""), after.get("tz", "")
    if old == new:
        return []
    words = {"old": zone_text(old), "new": zone_text(new)}
    return [_("Time zone: %(old)s → %(new)s") % words]


def _weekly_changes(before: Spec, after: Spec) -> list[str]:
    pairs = [
        (day, before.get("weekly", {}).get(day, []), after.get("weekly", {}).get(day, []))
        for day in DAYS
    ]
    return [
        f"{day_name(day)}: {spans_text(old)} → {spans_text(new)}"
        for day, old, new in pairs
        if old != new
    ]


def _set_changes(
    before: Mapping[Any, str], after: Mapping[Any, str], *, added: str, dropped: str
) -> list[str]:
    """Rows that came or went; one that changed did both."""
    came = [words for key, words in after.items() if before.get(key) != words]
    went = [words for key, words in before.items() if after.get(key) != words]
    lines = [(added, came), (dropped, went)]
    return [line % {"names": _listed(names)} for line, names in lines if names]


def _listed(names: list[str]) -> str:
    """The first few; nobody reads thirty holidays in a row."""
    if len(names) <= LISTED:
        return ", ".join(names)
    shown = ", ".join(names[: LISTED - 1])
    rest = len(names) - LISTED + 1
    return _("%(names)s and %(n)s more") % {"names": shown, "n": rest}


def _holiday(spec: Spec, day: str) -> str:
    return f"{day_text(day)} {spec.get('holiday_names', {}).get(day, '')}".strip()


def _special(day: str, spans: Any) -> str:
    return f"{day_text(day)} {spans_text(spans)}"


def _break(begin: str, end: str) -> str:
    return f"{_moment(begin)} – {_moment(end)}"


def _moment(text: str) -> str:
    return date_format(datetime.fromisoformat(text), "j M Y H:i")


def _exceptions(spec: Spec) -> dict[str, Any]:
    return dict(sorted(spec.get("exceptions", {}).items()))


def _breaks(spec: Spec) -> list[tuple[str, str]]:
    return [(begin, end) for begin, end in spec.get("breaks", [])]
