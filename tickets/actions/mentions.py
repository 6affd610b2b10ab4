"""Naming colleagues in a note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from tickets.actions.record import lock_ticket
from tickets.actions.watchers import watch
from tickets.actors import Actor
from tickets.models import Mention, Message
from tickets.permissions import may_be_assigned
from tickets.writing_notices import tell_mentioned


@transaction.atomic
def mention_people(
    note: Message, *, users: Iterable[User], actor: Actor, now: datetime
) -> list[User]:
    """Let those whom `note` names watch the ticket, and tell them; returns whom.

    Who could not open the ticket is left out (X-15), and nobody is told of naming themselves.
    """
    ticket = lock_ticket(note.ticket)
    named = [
        user
        for user in {user.pk: user for user in users}.values()
        if user.is_active and may_be_assigned(user, ticket.department_id)
    ]
    if not named or not note.is_note:
        return []
    Mention.objects.bulk_create(
        [Mention(message=note, user=user) for user in named], ignore_conflicts=True
    )
    watch(ticket, users=named, actor=actor, now=now)
    others = [user for user in named if actor.user is None or user.pk != actor.user.pk]
    tell_mentioned(note, others, now=now)
    return named
