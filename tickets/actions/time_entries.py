"""Time spent on tickets: a timer started and stopped, entries by hand, changed, struck out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import emit
from core.text import clean_line
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import TimeChanged
from tickets.models import Event, Ticket, TimeEntry

LOGGED, CHANGED, DELETED = "logged", "changed", "deleted"
LONGEST = timedelta(hours=12)
MOST_SECONDS = 24 * 3600
_TIMERS = 71  # names the advisory locks of this module


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What was spent, as people write it down."""

    seconds: int
    note: str = ""
    is_billable: bool = False


@dataclass(frozen=True)
class Started:
    """The timer that runs now, and the one that had to stop for it."""

    entry: TimeEntry
    stopped: TimeEntry | None = None


@transaction.atomic
def start_timer(ticket: Ticket, *, actor: Actor, now: datetime) -> Started:
    """Let the time run on this ticket; one that runs elsewhere stops, one that runs here goes on.

    Raises ValidationError for anybody but staff. Emits TimeChanged for the one that stopped.
    """
    user = _person(actor)
    _one_at_a_time(user)
    running = running_timer(user)
    if running is not None and running.ticket_id == ticket.pk:
        return Started(running)
    if running is not None:
        _end(running, at=now, actor=actor, now=now)
    entry = TimeEntry.objects.create(
        ticket=ticket, user=user, started_at=now, source=TimeEntry.Source.TIMER
    )
    return Started(entry, running)


@transaction.atomic
def stop_timer(user: User, *, actor: Actor, now: datetime) -> TimeEntry | None:
    """Stop what runs and write it down; None when nothing does. Emits TimeChanged."""
    _one_at_a_time(user)
    running = running_timer(user)
    return None if running is None else _end(running, at=now, actor=actor, now=now)


@transaction.atomic
def stop_forgotten(entry: TimeEntry, *, actor: Actor, now: datetime) -> TimeEntry | None:
    """Stop a timer that ran too long; only the longest time counts. None when it was stopped.

    Emits TimeChanged.
    """
    if entry.user is None:
        return None
    _one_at_a_time(entry.user)
    running = running_timer(entry.user)
    if running is None or running.pk != entry.pk or running.started_at > now - LONGEST:
        return None
    return _end(running, at=running.started_at + LONGEST, actor=actor, now=now)


@transaction.atomic
def log_time(ticket: Ticket, *, spent: Spent, actor: Actor, now: datetime) -> TimeEntry:
    """Write down time by hand, as if it had just passed.

    Raises ValidationError for none at all and for more than a day. Emits TimeChanged.
    """
    _refuse_odd(spent)
    entry = TimeEntry.objects.create(
        ticket=lock_ticket(ticket),
        user=_person(actor),
        started_at=now - timedelta(seconds=spent.seconds),
        ended_at=now,
        seconds=spent.seconds,
        note=clean_line(spent.note, 200),
        is_billable=spent.is_billable,
        source=TimeEntry.Source.MANUAL,
    )
    return _tell(entry, LOGGED, actor=actor, now=now)


@transaction.atomic
def change_time_entry(entry: TimeEntry, *, spent: Spent, actor: Actor, now: datetime) -> TimeEntry:
    """Correct an entry; what it said before stays in the history.

    Raises ValidationError while its timer runs, and as `log_time` does. Emits TimeChanged.
    """
    _refuse_odd(spent)
    entry = _locked(entry)
    if entry.is_running:
        raise ValidationError(_("Stop the timer first."))
    before = entry.seconds
    entry.seconds, entry.is_billable = spent.seconds, spent.is_billable
    entry.note = clean_line(spent.note, 200)
    entry.save(update_fields=["seconds", "is_billable", "note"])
    return _tell(entry, CHANGED, actor=actor, now=now, before=before)


@transaction.atomic
def delete_time_entry(entry: TimeEntry, *, actor: Actor, now: datetime) -> None:
    """Strike an entry out; the history keeps what it was. Emits TimeChanged."""
    entry = _locked(entry)
    seconds = entry.seconds_at(now)
    _tell(entry, DELETED, actor=actor, now=now, seconds=seconds)
    TimeEntry.objects.filter(pk=entry.pk).delete()


def running_timer(user: User) -> TimeEntry | None:
    """What runs for this person, with its ticket."""
    running = TimeEntry.objects.running().filter(user=user)
    return running.select_related("ticket", "user").first()


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise ValidationError(_("Only people spend time on tickets."))
    return actor.user


def _one_at_a_time(user: User) -> None:
    """Two clicks of one person follow each other; taken before any ticket, so nobody waits in a
    circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TIMERS, user.pk % 2**31])


def _refuse_odd(spent: Spent) -> None:
    if spent.seconds <= 0:
        raise ValidationError(_("Say how long it took."))
    if spent.seconds > MOST_SECONDS:
        raise ValidationError(_("More than a day does not fit into one entry."))


def _locked(entry: TimeEntry) -> TimeEntry:
    ticket = lock_ticket(entry.ticket)
    fresh = TimeEntry.objects.select_for_update(of=("self",)).select_related("user")
    found = fresh.get(pk=entry.pk)
    found.ticket = ticket
    return found


def _end(entry: TimeEntry, *, at: datetime, actor: Actor, now: datetime) -> TimeEntry:
    entry.ticket = lock_ticket(entry.ticket)
    entry.ended_at = max(at, entry.started_at)
    entry.seconds = int((entry.ended_at - entry.started_at).total_seconds())
    entry.save(update_fields=["ended_at", "seconds"])
    return _tell(entry, LOGGED, actor=actor, now=now)


def _tell(entry: TimeEntry, step: str, *, actor: Actor, now: datetime, **facts: int) -> TimeEntry:
    ticket = entry.ticket
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at"])
    said: dict[str, Any] = {
        "step": step,
        "seconds": entry.seconds,
        "person": entry.user.display_name if entry.user else "",
        **facts,
    }
    record_event(ticket, Event.Kind.TIME_CHANGED, actor=actor, now=now, **said)
    emit(TimeChanged(ticket=ticket, actor=actor, now=now, entry=entry, step=step))
    return entry
