"""Promises: made, moved, kept, withdrawn, broken; the ticket's queue date follows (N12, R183)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import timers
from core.events import emit
from core.text import clean_line
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.attention import SETTLED_FIELDS, settle
from tickets.events import PromiseChanged
from tickets.models import NO_DEADLINE, Event, Message, Promise, Ticket

DUE, SOON = "tickets.promise_due", "tickets.promise_soon"
AHEAD = timedelta(minutes=30)
State = Promise.State


@transaction.atomic
def make_promise(
    ticket: Ticket,
    *,
    due_at: datetime,
    actor: Actor,
    now: datetime,
    text: str = "",
    message: Message | None = None,
) -> Promise:
    """Promise the customer an answer by then; `message` is the reply that says so.

    Raises ValidationError for a time that has been, or when the ticket is not open.
    Emits PromiseChanged.
    """
    ticket = lock_ticket(ticket)
    if not ticket.is_open:
        raise ValidationError(_("Only an open ticket can hold a promise."))
    _refuse_past(due_at, now)
    promise = Promise.objects.create(
        ticket=ticket,
        by=actor.user,
        by_name=actor.name[:160],
        due_at=due_at,
        text=clean_line(text, 200),
        made_at=now,
        made_with=message,
    )
    _await(promise, now)
    _told(promise, ticket, "made", actor=actor, now=now)
    return promise


@transaction.atomic
def move_promise(promise: Promise, *, due_at: datetime, actor: Actor, now: datetime) -> Promise:
    """Promise another time instead; one that has ended stays as it is. Emits PromiseChanged.

    Raises ValidationError for a time that has been.
    """
    ticket, promise = _locked(promise)
    if promise.state != State.OPEN or promise.due_at == due_at:
        return promise
    _refuse_past(due_at, now)
    before, promise.due_at = promise.due_at, due_at
    promise.save(update_fields=["due_at"])
    _await(promise, now)
    _told(promise, ticket, "moved", actor=actor, now=now, before=before.isoformat())
    return promise


def keep_promise(
    promise: Promise, *, actor: Actor, now: datetime, message: Message | None = None
) -> Promise:
    """The customer heard from us, by `message` or some other way. Emits PromiseChanged.

    What was broken before stays broken, but nobody waits for it any more. One that has ended
    otherwise stays as it is.
    """
    if promise.state == State.BROKEN:
        return _make_good(promise, actor=actor, now=now, message=message)
    return _end(promise, State.KEPT, actor=actor, now=now, kept_with=message)


def withdraw_promise(promise: Promise, *, actor: Actor, now: datetime) -> Promise:
    """Nobody waits for it any more; one that has ended stays as it is. Emits PromiseChanged."""
    return _end(promise, State.WITHDRAWN, actor=actor, now=now)


def break_promise(promise: Promise, *, actor: Actor, now: datetime) -> Promise:
    """Its time has come without an answer; one that has ended stays. Emits PromiseChanged.

    The ticket stands where it stood, late, until the customer hears from us (N12).
    """
    return _end(promise, State.BROKEN, actor=actor, now=now)


@transaction.atomic
def reopen_promise(promise: Promise, *, actor: Actor, now: datetime) -> Promise:
    """The reply that kept it, or made it good, was taken back. Emits PromiseChanged."""
    ticket, promise = _locked(promise)
    if promise.state not in {State.KEPT, State.BROKEN} or promise.is_awaited:
        return promise
    if promise.state == State.KEPT:
        promise.state, promise.ended_at = State.OPEN, None
        _await(promise, now)
    promise.answered_at = promise.kept_with = None
    promise.save(update_fields=["state", "ended_at", "answered_at", "kept_with"])
    _told(promise, ticket, "reopened", actor=actor, now=now)
    return promise


@transaction.atomic
def _make_good(
    promise: Promise, *, actor: Actor, now: datetime, message: Message | None
) -> Promise:
    ticket, promise = _locked(promise)
    if promise.state == State.BROKEN and promise.is_awaited:
        promise.answered_at, promise.kept_with = now, message
        promise.save(update_fields=["answered_at", "kept_with"])
        _told(promise, ticket, "made_good", actor=actor, now=now)
    return promise


@transaction.atomic
def _end(
    promise: Promise,
    state: State,
    *,
    actor: Actor,
    now: datetime,
    kept_with: Message | None = None,
) -> Promise:
    ticket, promise = _locked(promise)
    if promise.state != State.OPEN:
        return promise
    promise.state, promise.ended_at, promise.kept_with = state, now, kept_with
    promise.save(update_fields=["state", "ended_at", "kept_with"])
    timers.cancel(SOON, str(promise.pk))
    timers.cancel(DUE, str(promise.pk))
    _told(promise, ticket, state.value, actor=actor, now=now)
    return promise


def _locked(promise: Promise) -> tuple[Ticket, Promise]:
    """The ticket first, then the promise: the order of every action."""
    ticket = lock_ticket(promise.ticket)
    promise = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    promise.ticket = ticket
    return ticket, promise


def _refuse_past(due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise ValidationError(_("Choose a time that is still to come."))


def _await(promise: Promise, now: datetime) -> None:
    """Wake up when it is due, and half an hour before, where that is still to come."""
    timers.schedule(DUE, str(promise.pk), due_at=promise.due_at)
    if promise.due_at - AHEAD > now:
        timers.schedule(SOON, str(promise.pk), due_at=promise.due_at - AHEAD)
    else:
        timers.cancel(SOON, str(promise.pk))


def _told(
    promise: Promise, ticket: Ticket, step: str, *, actor: Actor, now: datetime, **facts: Any
) -> None:
    """Bring the queue's date in line, write the history, tell the rest."""
    earliest = ticket.promises.awaited().values_list("due_at", flat=True).first()
    ticket.promised_at = earliest or NO_DEADLINE
    settle(ticket, now=now).save(update_fields=["promised_at", *SETTLED_FIELDS])
    record_event(
        ticket,
        Event.Kind.PROMISE,
        actor=actor,
        now=now,
        step=step,
        due_at=promise.due_at.isoformat(),
        promise=promise.pk,
        **facts,
    )
    emit(PromiseChanged(ticket=ticket, actor=actor, now=now, promise=promise, step=step))
