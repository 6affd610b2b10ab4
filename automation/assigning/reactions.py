"""Tickets ask for agents, agents who get free or come back are given tickets (rules.md 5.1)."""

from __future__ import annotations

from accounts.events import AvailabilityChanged, DepartmentChanged
from automation.assigning.asking import (
    are_given_out,
    ask_as_planned,
    departments_that_give,
    is_giving,
    stop_asking,
    try_again_for,
)
from automation.assigning.pool import hold_seats_of, seat_members
from automation.assigning.returning import plan_return
from core.events import on
from tickets import events
from tickets.assignment import WAITING_KINDS
from tickets.models import Status


@on(DepartmentChanged)
def seat(event: DepartmentChanged) -> None:
    """Every member has a seat, every department a plan."""
    seat_members(event.department_id)
    departments_that_give.forget()


@on(AvailabilityChanged)
def follow_person(event: AvailabilityChanged) -> None:
    """Who comes may take what waits; who goes may have asked to give back what is unanswered."""
    if event.went_away:
        plan_return(event.user_id, now=event.now)
    else:
        try_again_for(event.user_id)


def ask(event: events.TicketEvent) -> None:
    """A ticket without an agent asks for one where the department gives out every ticket."""
    ask_as_planned(event.ticket, now=event.now)


@on(events.TicketTransferred)
def ask_anew(event: events.TicketTransferred) -> None:
    """What was asked of the old department is void."""
    stop_asking(event.ticket)
    ask_as_planned(event.ticket, now=event.now)


@on(events.AssigneeChanged)
def follow_assignee(event: events.AssigneeChanged) -> None:
    """By hand: take the seats of the new agent last, so that nothing is counted in between."""
    if is_giving.get():
        return
    if event.after is not None and are_given_out():
        hold_seats_of(event.after.pk, ticket_id=event.ticket.pk)
    if event.before is not None:
        try_again_for(event.before.pk)


@on(events.StatusChanged)
def follow_status(event: events.StatusChanged) -> None:
    """A resolved ticket needs nobody; one that no longer counts frees its agent."""
    if not event.ticket.is_open:
        stop_asking(event.ticket)
    if event.ticket.assignee_id and _counts(event.before) and not _counts(event.after):
        try_again_for(event.ticket.assignee_id)


def leave(event: events.TicketEvent) -> None:
    """Spam, deleted and merged tickets need nobody, and free their agent."""
    stop_asking(event.ticket)
    if event.ticket.assignee_id:
        try_again_for(event.ticket.assignee_id)


def _counts(status: Status) -> bool:
    return not status.is_resolved and status.kind not in WAITING_KINDS


for _arrival in (
    events.TicketAdmitted,
    events.TicketReopened,
    events.TicketUnmarkedSpam,
    events.TicketUnmerged,
):
    on(_arrival)(ask)
for _departure in (events.TicketMarkedSpam, events.TicketDeleted, events.TicketMerged):
    on(_departure)(leave)
