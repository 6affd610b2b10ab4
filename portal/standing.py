"""Where a request stands in its customer's eyes: icon, tone, who must act now, the way so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core.moments import day_time, moment_text
from portal.expectation import next_word
from tickets.models import Ticket
from tickets.models.vocabulary import RESOLVED_KINDS, Kind
from tickets.promises import open_promise
from tickets.reopening import reopens_until


@dataclass(frozen=True)
class Look:
    """Icon and tone of a status kind; the tone is a class of the chip."""

    icon: str
    tone: str


@dataclass(frozen=True)
class Step:
    """A stage of the way from received to solved; the class says done, now, or neither."""

    words: str
    fact: str
    css: str
    is_now: bool


@dataclass(frozen=True)
class Standing:
    """The panel at the head of a request."""

    icon: str
    words: str
    advice: str
    promise: str
    steps: list[Step]


_LOOKS: dict[str, Look] = {
    Kind.NEW: Look("inbox", ""),
    Kind.WAITING_CUSTOMER: Look("reply", "said--you"),
    Kind.WAITING_THIRD_PARTY: Look("hourglass", ""),
    Kind.RESOLVED: Look("check", "said--done"),
    Kind.CLOSED: Look("check", "said--done"),
}
_WORKING = Look("wrench", "")


def look_of(kind: str) -> Look:
    """How a status of this kind looks to customers."""
    return _LOOKS.get(kind, _WORKING)


def standing_of(ticket: Ticket, *, now: datetime) -> Standing:
    """The panel of `ticket`, times in the reader's zone."""
    return Standing(
        icon=look_of(ticket.status_kind).icon,
        words=ticket.customer_words,
        advice=_advice(ticket, now),
        promise=_promise(ticket, now),
        steps=_steps(ticket, now),
    )


def _advice(ticket: Ticket, now: datetime) -> str:
    """Who must act now (N17)."""
    if ticket.status_kind in RESOLVED_KINDS:
        return _after_the_end(ticket, now)
    if ticket.status_kind == Kind.WAITING_CUSTOMER:
        return _("We wrote to you. Answer below, or tell us that your problem is solved.")
    if ticket.status_kind == Kind.WAITING_THIRD_PARTY:
        return _("Somebody else has to answer us first. There is nothing you need to do.")
    by = next_word(ticket, now=now) or _("You hear from us here and by e-mail.")
    if ticket.status_kind == Kind.NEW:
        return by
    return _("%(sentence)s There is nothing you need to do.") % {"sentence": by}


def _promise(ticket: Ticket, now: datetime) -> str:
    """What somebody of us promised, while it is still to come (N12)."""
    due_at = open_promise(ticket)
    if due_at is None or due_at <= now or not ticket.is_open:
        return ""
    return _("We promised an answer by %(time)s.") % {"time": day_time(due_at, now=now)}


def _after_the_end(ticket: Ticket, now: datetime) -> str:
    until = reopens_until(ticket)
    if until is None or now > until:
        return _("What you write below opens a new request that is linked to this one.")
    day = date_format(timezone.localtime(until), "DATE_FORMAT")
    return _("If something is still wrong, write below until %(day)s and we go on.") % {"day": day}


def _steps(ticket: Ticket, now: datetime) -> list[Step]:
    is_solved = ticket.status_kind in RESOLVED_KINDS
    is_taken = ticket.assignee is not None or ticket.first_responded_at is not None
    ended_at = ticket.closed_at or ticket.resolved_at
    working = is_taken and not is_solved
    return [
        _step(_("Received"), ticket.created_at, now, done=is_taken or is_solved, current=True),
        _step(_taken_by(ticket.assignee), ticket.first_responded_at, now, done=is_taken),
        _step(_("Being solved"), None, now, done=is_solved, current=working),
        _step(_("Solved"), ended_at, now, done=False, current=is_solved),
    ]


def _taken_by(assignee: User | None) -> str:
    if assignee is None:
        return _("Read by us")
    return _("Read by %(name)s") % {"name": assignee.display_name}


def _step(
    words: str, at: datetime | None, now: datetime, *, done: bool, current: bool = False
) -> Step:
    is_now = current and not done
    css = "done" if done else "now" if is_now else ""
    return Step(words, moment_text(at, now=now) if at else "", css, is_now)
