"""The head of the ticket page: subject, properties as selects, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import ui
from core.moments import day_time
from core.times import Times
from desk import people
from desk.deadlines import ClockFacts, clock_marks
from desk.dressing import risk_span
from desk.links import customer_url, queue_url, ticket_url
from desk.queue import View
from desk.record_lines import opportunity_badge, overdue_badge
from desk.step_forms import PRESETS
from tickets import vocabulary
from tickets.marks import priority_mark, status_badge
from tickets.models import Ticket

DAY, WEEK = 24, 7


@dataclass(frozen=True)
class Choice:
    """One option of a property."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Property:
    """A property that reads as text and turns into a select when touched."""

    name: str
    label: str
    url: str
    mark: SafeString
    choices: list[Choice]


@dataclass(frozen=True)
class Flag:
    """What else to know of the customer before writing, and where it stands."""

    mark: SafeString
    url: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a ticket as its template prints it."""

    number: str
    subject: str
    base_url: str
    list_url: str
    list_title: str
    view: str
    properties: list[Property]
    dues: list[SafeString]
    escalated: SafeString | str
    flags: list[Flag]
    snoozed: str
    snoozes: list[Choice]
    is_closed: bool
    is_spam: bool
    is_mine: bool
    my_id: str
    can_delete: bool
    error: str


def head_of(
    ticket: Ticket, *, view: View, user_id: int, now: datetime, **extra: bool | str
) -> Head:
    """The head of `ticket` for the reader `user_id`, who came from `view`."""
    return Head(
        number=f"#{ticket.number}",
        subject=ticket.subject or _("(no subject)"),
        base_url=ticket_url(ticket.number),
        list_url=queue_url(view=view.slug),
        list_title=str(view.title),
        view=view.slug,
        properties=properties_of(ticket),
        dues=_dues(ticket, now),
        escalated=escalated_badge(ticket.escalation_level),
        flags=_flags(ticket, now),
        snoozed=_snoozed(ticket, now),
        snoozes=snooze_choices(),
        is_closed=ticket.is_resolved,
        is_spam=ticket.is_spam,
        is_mine=ticket.assignee_id == user_id,
        my_id=str(user_id),
        can_delete=bool(extra.get("can_delete")),
        error=str(extra.get("error", "")),
    )


def _dues(ticket: Ticket, now: datetime) -> list[SafeString]:
    """From what `loaded_ticket` read beside the ticket."""
    clocks = [ClockFacts.of_json(row) for row in getattr(ticket, "clock_rows", ())]
    reason = getattr(ticket, "excluded_reason", None) or ""
    return clock_marks(clocks, ticket, reason=reason, times=Times(now), near=risk_span())


def escalated_badge(level: int) -> SafeString | str:
    """The flag and its level; nothing without one."""
    words = _("Escalated, level %(level)d") % {"level": level}
    return ui.badge(words, glyph="up", tone="escalated") if level else ""


def _flags(ticket: Ticket, now: datetime) -> list[Flag]:
    """An invoice that should have been paid, a sale hoped for (R162)."""
    flags, since = [], getattr(ticket, "unpaid_since", None)
    if since is not None and since < localdate(now):
        flags.append(Flag(overdue_badge(), customer_url(ticket.customer_id, part="invoices")))
    if getattr(ticket, "is_courted", False):
        url = customer_url(ticket.customer_id, part="opportunities")
        flags.append(Flag(opportunity_badge(), url))
    return flags


def _snoozed(ticket: Ticket, now: datetime) -> str:
    if ticket.snoozed_until is None:
        return ""
    return _("Snoozed until %(time)s") % {"time": day_time(ticket.snoozed_until, now=now)}


def snooze_choices() -> list[Choice]:
    """How long a ticket may be set aside by one click (screens.md 2)."""
    return [Choice(str(hours), _hours_words(hours), is_chosen=False) for hours in PRESETS]


def _hours_words(hours: int) -> str:
    if hours < DAY:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = hours // DAY
    if days == WEEK:
        return _("1 week")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def properties_of(ticket: Ticket) -> list[Property]:
    """Status, priority, department, assignee, service."""
    nobody = ui.avatar("")
    assignee = ticket.assignee.display_name if ticket.assignee else ""
    staff = [
        (colleague.pk, colleague.label) for colleague in people.assignable(ticket.department_id)
    ]
    rows: dict[str, tuple[str, Sequence[Model], SafeString]] = {
        "status": (_("Status"), vocabulary.statuses(), status_badge(ticket.status)),
        "priority": (_("Priority"), vocabulary.priorities(), priority_mark(ticket.priority)),
        "department": (
            _("Department"),
            vocabulary.departments(),
            _marked(ui.icon("building-2", size="s"), ticket.department.name),
        ),
    }
    return [
        *(
            _property(ticket, name, label, mark, ((row.pk, str(row)) for row in found))
            for name, (label, found, mark) in rows.items()
        ),
        _property(
            ticket,
            "assignee",
            _("Assignee"),
            _marked(ui.avatar(assignee), assignee) if assignee else _marked(nobody, _("Nobody")),
            [("", _("Nobody")), *staff],
        ),
        _property(
            ticket,
            "service",
            _("Service"),
            _marked(ui.icon("layers", size="s"), str(ticket.service or _("No service"))),
            [("", _("No service")), *((row.pk, str(row)) for row in vocabulary.services())],
        ),
    ]


def _property(
    ticket: Ticket,
    name: str,
    label: str,
    mark: SafeString,
    pairs: Iterable[tuple[int | str, str]],
) -> Property:
    current = str(getattr(ticket, f"{name}_id") or "")
    choices = [Choice(str(key), text, is_chosen=str(key) == current) for key, text in pairs]
    if not any(choice.is_chosen for choice in choices):
        # An archived row, or a colleague who left the department, is shown until it is changed.
        choices.insert(0, Choice(current, str(getattr(ticket, name)), is_chosen=True))
    part = "assignment" if name == "assignee" else name
    return Property(name, label, f"{ticket_url(ticket.number)}/{part}", mark, choices)


def _marked(mark: SafeString, text: str) -> SafeString:
    return format_html('{}<span class="truncate">{}</span>', mark, text)
