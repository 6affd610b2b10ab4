"""Escalating: the flag and its level, and the one action taken by hand (R28, R109, R110)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import Team, User
from core.events import emit
from tickets.actions.changes import Changes
from tickets.actions.handover import hand_over
from tickets.actions.messages import Answer, reply
from tickets.actions.record import lock_ticket, record_event
from tickets.actions.watchers import watch
from tickets.actors import Actor
from tickets.attention import settle
from tickets.content import Content
from tickets.events import TicketDeescalated, TicketEscalated
from tickets.models import Event, Message, Ticket

MAX_REASON = 300
_FLAG_FIELDS = ("escalation_level", "escalated_at", "updated_at")


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Everything an agent says when a ticket goes to somebody who can do more.

    `changes` holds the new department, assignee, priority and status; `answer` what the customer
    is told, if anything; `team` who takes over, where it is a team.
    """

    level: int
    reason: str
    note: Content
    changes: Changes
    answer: Answer | None = None
    team: Team | None = None
    watchers: tuple[User, ...] = field(default_factory=tuple)


@transaction.atomic
def escalate_ticket(
    ticket: Ticket, *, escalation: Escalation, actor: Actor, now: datetime
) -> Ticket:
    """Tell the customer, hand over with a note, add watchers, raise the flag: all or nothing.

    Raises ValidationError when the new assignee could not open the ticket.
    Emits TicketEscalated last, when everything else stands.
    """
    ticket = lock_ticket(ticket)
    if escalation.answer is not None:
        reply(ticket, answer=escalation.answer, actor=actor, now=now)
    note = hand_over(
        ticket, content=escalation.note, changes=escalation.changes, actor=actor, now=now
    )
    if escalation.watchers:
        watch(ticket, users=escalation.watchers, actor=actor, now=now)
    return _raise_flag(
        lock_ticket(ticket),
        level=escalation.level,
        said=_Said(escalation.reason, escalation.team, note),
        actor=actor,
        now=now,
    )


@transaction.atomic
def flag_escalated(
    ticket: Ticket, *, level: int, reason: str, actor: Actor, now: datetime
) -> Ticket:
    """Flag the ticket at `level`; a flag as high already stays, a resolved ticket gets none.

    Emits TicketEscalated.
    """
    ticket = lock_ticket(ticket)
    if not ticket.is_open or ticket.escalation_level >= level:
        return ticket
    return _raise_flag(ticket, level=level, said=_Said(reason), actor=actor, now=now)


@transaction.atomic
def deescalate(ticket: Ticket, *, reason: str, actor: Actor, now: datetime) -> Ticket:
    """Take the flag off and say why; the history stays. Emits TicketDeescalated."""
    ticket = lock_ticket(ticket)
    if not ticket.is_escalated:
        return ticket
    before, reason = ticket.escalation_level, reason[:MAX_REASON]
    ticket.escalation_level, ticket.escalated_at = 0, None
    settle(ticket, now=now).save(update_fields=_FLAG_FIELDS)
    record_event(ticket, Event.Kind.DEESCALATED, actor=actor, now=now, level=before, reason=reason)
    emit(TicketDeescalated(ticket=ticket, actor=actor, now=now, reason=reason))
    return ticket


@dataclass(frozen=True)
class _Said:
    """Why, to whom, and with which note."""

    reason: str
    team: Team | None = None
    note: Message | None = None


def _raise_flag(ticket: Ticket, *, level: int, said: _Said, actor: Actor, now: datetime) -> Ticket:
    ticket.escalation_level = max(ticket.escalation_level, level)
    ticket.escalated_at = ticket.escalated_at or now
    settle(ticket, now=now).save(update_fields=_FLAG_FIELDS)
    reason = said.reason[:MAX_REASON]
    team = said.team.name if said.team else ""
    record_event(
        ticket, Event.Kind.ESCALATED, actor=actor, now=now, level=level, reason=reason, team=team
    )
    event = TicketEscalated(
        ticket=ticket,
        actor=actor,
        now=now,
        level=level,
        reason=reason,
        team=said.team,
        note=said.note,
    )
    emit(event)
    return ticket
