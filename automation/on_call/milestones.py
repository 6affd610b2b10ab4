"""Milestones of an emergency: started together, reached or missed each by itself (R77, R116)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.people import manager_chain
from automation.models import Milestone, MilestoneSet, MilestoneSpec
from automation.on_call import page_words
from core import timers
from core.models import TimedAction
from notifications.actions import notify
from tickets.actions import mark_emergency
from tickets.actions.record import lock_ticket
from tickets.models import Ticket

TIMER: Final = "automation.milestone"
# What a public answer of staff reaches.
BY_ANSWER: Final = (MilestoneSpec.Reached.BY_ACKNOWLEDGEMENT, MilestoneSpec.Reached.BY_REPLY)


@transaction.atomic
def start_milestones(
    ticket: Ticket, *, milestone_set: MilestoneSet, now: datetime
) -> list[Milestone]:
    """Start what the ticket does not have running yet; nothing for a resolved ticket."""
    locked = lock_ticket(ticket)
    if not locked.is_open:
        return []
    ticket.is_emergency = mark_emergency(locked, is_on=True).is_emergency
    running = set(Milestone.objects.open().filter(ticket=locked).values_list("set_name", "label"))
    rows = [
        Milestone(
            ticket=locked,
            spec=spec,
            set_name=milestone_set.name,
            label=spec.label,
            minutes=spec.minutes,
            reached=spec.reached,
            repeats=spec.repeats,
            started_at=now,
            due_at=now + timedelta(minutes=spec.minutes),
        )
        for spec in milestone_set.specs.all()
        if (milestone_set.name, spec.label) not in running
    ]
    return [_started(row) for row in rows]


@transaction.atomic
def reach(row: Milestone, *, user: User | None, now: datetime) -> Milestone:
    """It is done, late or not; a repeating one begins its next round."""
    locked = _locked(row)
    if not locked.is_open:
        return locked
    locked.done_at, locked.done_by = now, user
    locked.save(update_fields=["done_at", "done_by"])
    timers.cancel(TIMER, str(locked.pk))
    if locked.repeats:
        _started(_next_round(locked, now=now))
    return locked


@transaction.atomic
def reach_by(ticket: Ticket, *, kinds: Collection[str], user: User | None, now: datetime) -> int:
    """Something happened that reaches all open milestones of these kinds; returns how many."""
    rows = list(_open_rows(ticket).filter(reached__in=kinds))
    for row in rows:
        reach(row, user=user, now=now)
    return len(rows)


@transaction.atomic
def drop_milestones(ticket: Ticket, *, now: datetime) -> int:
    """The ticket is resolved, or somebody calls the protocol off; returns how many ended."""
    if not _open_rows(ticket).exists():
        return 0
    lock_ticket(ticket)
    rows = list(_open_rows(ticket))
    for row in rows:
        timers.cancel(TIMER, str(row.pk))
    return Milestone.objects.filter(pk__in=[row.pk for row in rows]).update(dropped_at=now)


def miss(action: TimedAction, now: datetime) -> None:
    """The time is over: tell who works on it and who leads; a repeating one goes on."""
    row = _locked(Milestone.objects.get(pk=int(action.key)))
    if not row.is_open or row.missed_at is not None or row.due_at > now:
        return
    row.missed_at = now
    row.dropped_at = now if row.repeats else None
    row.save(update_fields=["missed_at", "dropped_at"])
    if row.repeats:
        _started(_next_round(row, now=now))
    notice = page_words.missed_notice(row)
    notify(_responsible(row.ticket), notice, key=f"milestone:{row.pk}", now=now)


def lock_of_timer(action: TimedAction) -> object:
    """The ticket, which callers hold before they write the timer."""
    row = Milestone.objects.select_related("ticket").filter(pk=int(action.key)).first()
    return row and lock_ticket(row.ticket)


def _responsible(ticket: Ticket) -> list[User]:
    """The assignee and the lead; without either, whoever stands above the department."""
    people = [ticket.assignee, ticket.department.lead]
    return [user for user in people if user] or manager_chain(None, ticket.department)


def _next_round(row: Milestone, *, now: datetime) -> Milestone:
    """Counted from now on, so that a downtime makes one missed round and not forty."""
    return Milestone(
        ticket=row.ticket,
        spec=row.spec,
        set_name=row.set_name,
        label=row.label,
        minutes=row.minutes,
        reached=row.reached,
        repeats=True,
        round=row.round + 1,
        started_at=now,
        due_at=now + timedelta(minutes=row.minutes),
    )


def _started(row: Milestone) -> Milestone:
    row.save(force_insert=True)
    timers.schedule(TIMER, str(row.pk), due_at=row.due_at)
    return row


def _open_rows(ticket: Ticket) -> QuerySet[Milestone]:
    return Milestone.objects.open().filter(ticket=ticket).order_by("pk")


def _locked(row: Milestone) -> Milestone:
    ticket = lock_ticket(row.ticket)
    fresh = Milestone.objects.select_for_update(of=("self",)).select_related("spec").get(pk=row.pk)
    fresh.ticket = ticket
    return fresh
