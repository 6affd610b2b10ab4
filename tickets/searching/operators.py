"""The names of the operators and of their fixed values, in English and the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import pgettext

from tickets.models.ticket import Channel

_DAYS_AGO = re.compile(r"([0-9]{1,5})d")


def operator_names() -> dict[str, str]:
    """What may stand before a colon, and the operator it means."""
    spoken = {
        "status": pgettext("search operator", "status"),
        "from": pgettext("search operator", "from"),
        "to": pgettext("search operator", "to"),
        "tag": pgettext("search operator", "tag"),
        "department": pgettext("search operator", "department"),
        "assignee": pgettext("search operator", "assignee"),
        "priority": pgettext("search operator", "priority"),
        "service": pgettext("search operator", "service"),
        "channel": pgettext("search operator", "channel"),
        "has": pgettext("search operator", "has"),
        "is": pgettext("search operator", "is"),
        "before": pgettext("search operator", "before"),
        "after": pgettext("search operator", "after"),
        "on": pgettext("search operator", "on"),
    }
    return _both(spoken)


def has_values() -> dict[str, str]:
    """Values of has:."""
    return _both(
        {
            "attachment": pgettext("search value", "attachment"),
            "note": pgettext("search value", "note"),
        }
    )


def is_values() -> dict[str, str]:
    """Values of is:."""
    return _both(
        {
            "open": pgettext("search value", "open"),
            "closed": pgettext("search value", "closed"),
            "spam": pgettext("search value", "spam"),
            "mine": pgettext("search value", "mine"),
            "unassigned": pgettext("search value", "unassigned"),
            "escalated": pgettext("search value", "escalated"),
        }
    )


def people_values() -> dict[str, str]:
    """Values of assignee: that are no names."""
    return _both(
        {
            "me": pgettext("search value", "me"),
            "nobody": pgettext("search value", "nobody"),
            "none": pgettext("search value", "nobody"),
        }
    )


def day_of(value: str, today: date) -> date | None:
    """A day: ISO, today, yesterday, or so many days ago as 7d."""
    spoken = _both(
        {
            "today": pgettext("search value", "today"),
            "yesterday": pgettext("search value", "yesterday"),
        }
    )
    word = value.casefold()
    if word in spoken:
        return today - timedelta(days=spoken[word] == "yesterday")
    if ago := _DAYS_AGO.fullmatch(word):
        return today - timedelta(days=int(ago[1]))
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def names_of(rows: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """Slugs and names of rows as values, without regard to case."""
    return {word.casefold(): pk for slug, name, pk in rows for word in (slug, name) if word}


def channel_values() -> dict[str, str]:
    """Values of channel: its name for the reader, or its own."""
    spoken = {str(channel.label).casefold(): channel.value for channel in Channel}
    return spoken | {channel.value: channel.value for channel in Channel}


def _both(spoken: dict[str, str]) -> dict[str, str]:
    """English always; the reader's word beside it."""
    translated = {word.casefold(): name for name, word in spoken.items()}
    return translated | {name: name for name in spoken}
