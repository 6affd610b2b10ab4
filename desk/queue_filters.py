"""What narrows the queue: the selects of its form, and what is chosen as chips to take away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk import people
from desk.links import queue_url
from desk.shipped import View
from tickets import vocabulary
from tickets.custom_fields import filters as custom_fields
from tickets.filters import DAYS, DEADLINES, ME, NOBODY, TicketFilter
from tickets.models.ticket import Channel

_CHOSEN = format_html(" {}", "selected")


@dataclass(frozen=True)
class Filter:
    """One select of the filter form."""

    name: str
    label: str
    pairs: tuple[tuple[str, str], ...]
    options: SafeString


@dataclass(frozen=True)
class Day:
    """One date of the filter form."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Chip:
    """Something chosen, as a link that takes it away."""

    label: str
    value: str
    url: str


def filters_of(chosen: TicketFilter) -> tuple[Filter, ...]:
    """The selects with what is chosen."""
    rows: dict[str, tuple[str, vocabulary.Rows[Any]]] = {
        "status": (_("Status"), vocabulary.statuses()),
        "priority": (_("Priority"), vocabulary.priorities()),
        "department": (_("Department"), vocabulary.departments()),
        "service": (_("Service"), vocabulary.services()),
    }
    of_rows = [_filter(name, label, found.pairs, chosen) for name, (label, found) in rows.items()]
    fixed = _fixed_pairs(get_language())
    staff = (*fixed["assignee"], *people.colleagues().pairs)
    return (
        *of_rows,
        _filter("assignee", _("Assignee"), staff, chosen),
        _filter("channel", _("Channel"), fixed["channel"], chosen),
        _filter("sla", _("Deadline"), fixed["sla"], chosen),
    )


@lru_cache(maxsize=16)
def _fixed_pairs(_language: str | None) -> dict[str, tuple[tuple[str, str], ...]]:
    """What can be chosen whatever the company has called its rows."""
    return {
        "assignee": ((ME, _("Me")), (NOBODY, _("Nobody"))),
        "channel": tuple((channel.value, str(channel.label)) for channel in Channel),
        "sla": tuple((key, str(text)) for key, text in DEADLINES.items()),
    }


def custom_filters_of(chosen: TicketFilter) -> tuple[Filter, ...]:
    """The same for the fields the managers added."""
    return tuple(_filter(*offered, chosen) for offered in custom_fields.choices())


def days_of(chosen: TicketFilter) -> tuple[Day, ...]:
    """The dates with what is chosen."""
    return tuple(Day(name, label, getattr(chosen, name)) for name, label in _day_labels().items())


def chips_of(view: View, filters: Iterable[Filter]) -> list[Chip]:
    """Everything chosen, each with the list as it is without it."""
    chosen = view.chosen.given()
    selects = {row.name: row for row in filters}
    labels = {**_day_labels(), "tag": _("Tag"), "q": _("Words")}
    return [
        Chip(
            label=selects[name].label if name in selects else labels[name],
            value=_words(name, value, selects),
            url=_without(view, name),
        )
        for name, value in chosen.items()
    ]


def _without(view: View, name: str) -> str:
    return queue_url(**{**query_of(view), name: ""})


def query_of(view: View) -> dict[str, str]:
    """The query string of the list: the view, its filters, its order when that was chosen."""
    given = {"view": view.name, **view.chosen.given()}
    return {**given, "sort": view.sort} if view.sort else given


def _words(name: str, value: str, selects: dict[str, Filter]) -> str:
    if name in DAYS:
        return date_format(parse_date(value) or value, "SHORT_DATE_FORMAT")
    known: dict[str, Any] = dict(selects[name].pairs) if name in selects else {}
    return known.get(value, f"#{value}" if name in selects else value)


def _day_labels() -> dict[str, str]:
    return {
        "created_from": _("Created from"),
        "created_to": _("Created until"),
        "updated_from": _("Updated from"),
        "updated_to": _("Updated until"),
    }


def _filter(
    name: str, label: str, pairs: Iterable[tuple[str, str]], chosen: TicketFilter
) -> Filter:
    found = (("", label), *pairs)
    return Filter(name, label, found, _options(found, chosen.given().get(name, "")))


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[str, str], ...], value: str) -> SafeString:
    """The options of a select; the same ones are shown to everybody again and again."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, _CHOSEN if key == value else "", text) for key, text in pairs),
    )
