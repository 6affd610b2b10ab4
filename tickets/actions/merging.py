"""Merging duplicates, and taking a merge back (R123, N19; why it is so: docs/adr/0010)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core.events import emit
from tickets.actions.followers import NewFollower, insert_followers
from tickets.actions.moving import give_back_work, move_work
from tickets.actions.record import lock_ticket, lock_tickets, record_event, touch_search
from tickets.actions.retelling import retell
from tickets.actors import Actor
from tickets.conversations import merged_below
from tickets.events import TicketMerged, TicketUnmerged
from tickets.models import Attachment, DistinctPair, Event, Follower, Merge, Message, Ticket
from tickets.permissions import may_work

MAX_AT_ONCE = 20
REVERSIBLE = timedelta(days=30)
_MOMENTS = ("waiting_since", "escalated_at", "snoozed_until", "unassigned_since")


@transaction.atomic
def merge_tickets(
    primary: Ticket, *, others: Sequence[Ticket], actor: Actor, now: datetime
) -> list[Merge]:
    """Make `others` part of `primary`: their messages move and remember where they come from.

    Raises ValidationError for a ticket with itself, one merged before, spam, a deleted one, one
    the actor may not work on, a closed primary with an open other, more than MAX_AT_ONCE.
    Emits TicketMerged for each.
    """
    if len(others) > MAX_AT_ONCE:
        raise ValidationError(_("Merge at most %(n)s tickets at once.") % {"n": MAX_AT_ONCE})
    rows = lock_tickets([primary, *others])
    primary = rows[primary.pk]
    joining = [rows[pk] for pk in dict.fromkeys(one.pk for one in others)]
    _guard(primary, joining, actor)
    before, merges = primary.waiting_since, []
    for merged in joining:
        merges.append(_join(merged, primary, actor=actor, now=now))
    retell(primary, now=now, also=("promised_at",))
    touch_search(primary)
    for merge, merged in zip(merges, joining, strict=True):
        merge.kept |= {"waited": _text(before), "waits": _text(primary.waiting_since)}
        merge.save(update_fields=["kept"])
        emit(TicketMerged(ticket=merged, into=primary, actor=actor, now=now))
    return merges


@transaction.atomic
def unmerge_ticket(merge: Merge, *, actor: Actor, now: datetime) -> Ticket:
    """Take a merge back: messages, followers, tags and work return; returns the ticket.

    What was written since stays with the primary, except in the ticket's own conversation with
    another customer. Undone once stays undone. Raises ValidationError after REVERSIBLE, or when
    the actor may not work on either. Emits TicketUnmerged.
    """
    # The merged row first: whoever writes to a merged ticket locks in this order as well.
    merged = lock_ticket(merge.merged)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None or merged.merged_into is None:
        return merged
    if now > merge.at + REVERSIBLE:
        raise ValidationError(_("It was merged more than 30 days ago and stays so."))
    holder = lock_ticket(merged.merged_into)
    _guard_right([merged, holder], actor)
    _part(merged, holder, merge, now=now)
    merge.undone_at, merge.undone_by = now, actor.user
    merge.save(update_fields=["undone_at", "undone_by"])
    record_event(merged, Event.Kind.UNMERGED, actor=actor, now=now, number=holder.number)
    removed = [name for _pk, name in merge.kept["tags"]]
    parted: dict[str, Any] = {"number": merged.number, "added": [], "removed": removed}
    record_event(holder, Event.Kind.PARTED, actor=actor, now=now, **parted)
    emit(TicketUnmerged(ticket=merged, holder=holder, actor=actor, now=now))
    return merged


@transaction.atomic
def tell_apart(ticket: Ticket, *, other: Ticket, actor: Actor, now: datetime) -> None:
    """Remember that two tickets are no duplicates; twice is once."""
    first, second = sorted((ticket.pk, other.pk))
    DistinctPair.objects.get_or_create(
        first_id=first, second_id=second, defaults={"said_by": actor.user, "at": now}
    )


# -- guards -------------------------------------------------------------------------------


def _guard(primary: Ticket, joining: list[Ticket], actor: Actor) -> None:
    _guard_right([primary, *joining], actor)
    if not joining or primary in joining:
        raise ValidationError(_("A ticket is not merged with itself."))
    for row in (primary, *joining):
        if row.merged_into_id is not None:
            raise ValidationError(_("#%(number)s was merged before.") % {"number": row.number})
        if row.is_spam:
            raise ValidationError(_("#%(number)s is spam.") % {"number": row.number})
    for row in joining:
        if row.is_incident:
            words = _("#%(number)s is an incident: merge the other one into it.")
            raise ValidationError(words % {"number": row.number})
        if primary.is_resolved and row.is_open:
            words = _("#%(closed)s is closed and #%(open)s is open: keep the open one.")
            raise ValidationError(words % {"closed": primary.number, "open": row.number})


def _guard_right(tickets: list[Ticket], actor: Actor) -> None:
    for row in tickets:
        is_gone = row.deleted_at is not None
        if is_gone or (actor.user is not None and not may_work(actor.user, row)):
            raise ValidationError(_("There is no ticket #%(n)s.") % {"n": row.number})


# -- merging ------------------------------------------------------------------------------


def _join(merged: Ticket, primary: Ticket, *, actor: Actor, now: datetime) -> Merge:
    is_same = merged.customer_id == primary.customer_id
    kept: dict[str, Any] = {
        "followers": _unite_followers(merged, primary) if is_same else [],
        "tags": _unite_tags(merged, primary),
        **move_work(merged, primary, now=now),
        "escalation_level": merged.escalation_level,
        **{name: _text(getattr(merged, name)) for name in _MOMENTS},
    }
    moved = _move_messages(merged, primary)
    if merged.is_open and merged.waiting_since is not None:
        waits = (primary.waiting_since, merged.waiting_since)
        primary.waiting_since = min(at for at in waits if at is not None)
    Ticket.objects.filter(merged_into=merged).update(merged_into=primary)
    merged.merged_into = primary
    retell(merged, now=now, also=("merged_into", "promised_at"))
    touch_search(merged)
    merge = Merge.objects.create(
        primary=primary,
        merged=merged,
        actor_user=actor.user,
        actor_name=actor.name[:160],
        at=now,
        kept=kept,
    )
    record_event(merged, Event.Kind.MERGED, actor=actor, now=now, into=primary.number)
    added = [name for _pk, name in kept["tags"]]
    facts: dict[str, Any] = {
        "number": merged.number,
        "messages": moved,
        "added": added,
        "removed": [],
    }
    record_event(primary, Event.Kind.MERGED_IN, actor=actor, now=now, **facts)
    return merge


def _move_messages(merged: Ticket, primary: Ticket) -> int:
    """Messages and their files; what came from a third ticket keeps naming that one."""
    merged.messages.filter(origin=None).update(origin=merged)
    Attachment.objects.filter(ticket=merged).update(ticket=primary)
    return Message.objects.filter(ticket=merged).update(ticket=primary)


def _unite_followers(merged: Ticket, primary: Ticket) -> list[int]:
    """Only of one customer: another's would get what is none of their business (X-16)."""
    rows = tuple(
        NewFollower(
            email=row.email,
            name=row.name,
            customer=row.customer,
            user=row.user,
            is_hidden=row.is_hidden,
        )
        for row in merged.followers.select_related("customer", "user")
    )
    return [row.pk for row in insert_followers(primary, rows)]


def _unite_tags(merged: Ticket, primary: Ticket) -> list[tuple[int, str]]:
    known = set(primary.tags.values_list("pk", flat=True))
    fresh = [tag for tag in merged.tags.all() if tag.pk not in known]
    primary.tags.add(*fresh)
    return [(tag.pk, tag.name) for tag in fresh]


# -- undoing ------------------------------------------------------------------------------


def _part(merged: Ticket, holder: Ticket, merge: Merge, *, now: datetime) -> None:
    kept, below = merge.kept, merged_below(merged)
    holder.messages.filter(origin__in=below).update(ticket=merged)
    holder.messages.filter(origin=merged).update(ticket=merged, origin=None)
    Attachment.objects.filter(message__ticket=merged).update(ticket=merged)
    Ticket.objects.filter(pk__in=below).update(merged_into=merged)
    Follower.objects.filter(ticket=holder, pk__in=kept["followers"]).delete()
    holder.tags.remove(*(pk for pk, _name in kept["tags"]))
    give_back_work(merged, holder, kept=kept)
    merged.merged_into = None
    merged.escalation_level = kept["escalation_level"]
    for name in _MOMENTS:
        setattr(merged, name, _moment(kept[name]))
    if _text(holder.waiting_since) == kept["waits"]:
        holder.waiting_since = _moment(kept["waited"])
    retell(merged, now=now, also=("merged_into", "promised_at"))
    retell(holder, now=now, also=("promised_at",))
    touch_search(merged)
    touch_search(holder)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
