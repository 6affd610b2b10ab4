"""Giving many tickets out at once: one statement for the rows, one for the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from core.events import emit
from tickets.actions.record import named, new_event
from tickets.actors import Actor
from tickets.attention import settle
from tickets.events import AssigneeChanged
from tickets.models import Event, Ticket

_COLUMNS: Final = ("assignee", "unassigned_since", "updated_at")


@dataclass(frozen=True, kw_only=True)
class Award:
    """A ticket without an assignee, and who is to have it; the caller knows they may."""

    ticket: Ticket
    assignee: User
    actor: Actor


@transaction.atomic
def assign_many(awards: Iterable[Award], *, now: datetime) -> None:
    """Give each ticket to its agent; the caller has locked the rows and seen that they are free.

    Emits AssigneeChanged for each, as if they had been assigned one after the other.
    """
    given = list(awards)
    for award in given:
        award.ticket.assignee = award.assignee
        settle(award.ticket, now=now)
    Ticket.objects.bulk_update([award.ticket for award in given], _COLUMNS)
    rows = Event.objects.bulk_create(_told(award, now) for award in given)
    for award, row in zip(given, rows, strict=True):
        award.ticket.fresh_events.append(row)
    for award in given:
        emit(
            AssigneeChanged(
                ticket=award.ticket,
                actor=award.actor,
                now=now,
                before=None,
                after=award.assignee,
            )
        )


def _told(award: Award, now: datetime) -> Event:
    facts = {"assignee": {"before": None, "after": named(award.assignee)}}
    kind = Event.Kind.CHANGED
    return new_event(award.ticket, kind, actor=award.actor, now=now, changes=facts)
