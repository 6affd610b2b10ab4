"""Clocks start with the admission of a ticket and follow whatever happens to it."""

from __future__ import annotations

from accounts.events import DepartmentChanged, OwnerCreated
from calendars.events import CalendarChanged, DefaultCalendarChanged
from core import clock
from core.events import on
from sla.actions.presets import ensure_policies
from sla.actions.rules import put_in_force
from sla.following import cover, follow
from tickets import events


@on(events.TicketAdmitted)
def start_clocks(event: events.TicketAdmitted) -> None:
    """Under the final department, priority and policy (ARCHITECTURE 3)."""
    cover(event.ticket, now=event.now)


def follow_ticket(event: events.TicketEvent) -> None:
    """Plan what is new in the history; several events of one action cost one look."""
    follow(event.ticket, now=event.now)


@on(events.AssigneeChanged)
def follow_taking(event: events.AssigneeChanged) -> None:
    """Who takes a ticket acknowledges it; what rules and the product assign moves no clock."""
    if event.actor.is_human_staff:
        follow(event.ticket, now=event.now)


@on(events.TicketMerged)
def follow_merge(event: events.TicketMerged) -> None:
    """The clocks of the merged one end; the other keeps its own, under the tags of both."""
    follow(event.ticket, now=event.now)
    follow(event.into, now=event.now)


@on(events.TicketUnmerged)
def follow_unmerge(event: events.TicketUnmerged) -> None:
    """What stands for itself again begins anew; the other may have lost tags."""
    follow(event.ticket, now=event.now)
    follow(event.holder, now=event.now)


@on(events.TicketSplit)
def follow_split(event: events.TicketSplit) -> None:
    """The new ticket was admitted; the old one may wait for nothing any more."""
    follow(event.source, now=event.now)


@on(CalendarChanged)
def take_calendar(event: CalendarChanged) -> None:
    """Edits touch the future only: a new version of the rules, and open tickets move to it."""
    put_in_force(actor=event.actor, now=event.now)


@on(DefaultCalendarChanged)
def take_default_calendar(event: DefaultCalendarChanged) -> None:
    """Whatever names no calendar counts in another one now."""
    put_in_force(actor=event.actor, now=event.now)


@on(events.VocabularyChanged)
def take_vocabulary(event: events.VocabularyChanged) -> None:
    """What a status pauses is part of the rules."""
    put_in_force(actor=event.actor, now=event.now)


@on(DepartmentChanged)
def take_department(event: DepartmentChanged) -> None:
    """A department's calendar is part of the rules; the event names no time of its own."""
    put_in_force(actor=None, now=clock.now())


@on(OwnerCreated)
def begin_with_the_default(event: OwnerCreated) -> None:
    """A fresh installation promises what the default preset says (sla.md 11)."""
    ensure_policies(actor=None, now=event.now)


for _happening in (
    events.ReplyPosted,
    events.ReplyWithdrawn,
    events.MessageReceived,
    events.MessageReleased,
    events.StatusChanged,
    events.PriorityChanged,
    events.ServiceChanged,
    events.TicketTransferred,
    events.RequesterChanged,
    events.SubjectChanged,
    events.TagsChanged,
    events.CustomValuesChanged,
    events.TicketMarkedSpam,
    events.TicketUnmarkedSpam,
    events.TicketDeleted,
):
    on(_happening)(follow_ticket)
