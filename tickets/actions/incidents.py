"""Tickets that are part of another one, and incidents that many are part of (R35)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.jobs import start_job
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.lifecycle import close_ticket
from tickets.actions.links import insert_link
from tickets.actions.messages import Answer, reply
from tickets.actions.record import lock_ticket, lock_tickets, record_event
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.models import Event, IncidentPost, IncidentUpdate, Message, Ticket, TicketLink
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import Kind
from tickets.permissions import may_work
from tickets.vocabulary import default_status

KIND = "tickets.incident_update"
AT_ONCE = 50
MAX_PARTS = 2000
PART = TicketLink.Kind.PART


@transaction.atomic
def add_parts(
    parent: Ticket, *, children: Sequence[Ticket], actor: Actor, now: datetime
) -> list[TicketLink]:
    """Make `children` parts of `parent`; those that are so already stay so.

    Raises ValidationError for a part of a part, a part of another ticket, or no right to one.
    """
    rows = lock_tickets([parent, *children])
    parent = rows[parent.pk]
    wanted = [rows[pk] for pk in dict.fromkeys(child.pk for child in children)]
    known = dict(
        TicketLink.objects.filter(kind=PART, source__in=wanted).values_list("source", "target")
    )
    _guard_parts(parent, wanted, known, actor)
    return [insert_link(child, target=parent, kind=PART, actor=actor, now=now) for child in wanted]


@transaction.atomic
def remove_part(child: Ticket, *, actor: Actor, now: datetime) -> None:
    """Let the ticket stand for itself again."""
    child = lock_ticket(child)
    link = TicketLink.objects.filter(kind=PART, source=child).select_related("target").first()
    if link is None:
        return
    link.delete()
    number = link.target.number
    record_event(child, Event.Kind.UNLINKED, actor=actor, now=now, number=number, link=PART)


@transaction.atomic
def mark_incident(ticket: Ticket, *, is_on: bool, actor: Actor, now: datetime) -> Ticket:
    """Say that many customers are affected, or that it is an incident no more."""
    ticket = lock_ticket(ticket)
    if ticket.is_incident == is_on:
        return ticket
    if ticket.links_out.filter(kind=PART).exists():
        raise ValidationError(_("This ticket is part of another one."))
    ticket.is_incident, ticket.updated_at = is_on, now
    ticket.save(update_fields=["is_incident", "updated_at"])
    step = "declared" if is_on else "withdrawn"
    record_event(ticket, Event.Kind.INCIDENT, actor=actor, now=now, step=step)
    return ticket


@transaction.atomic
def tell_parts(
    incident: Ticket, *, text: str, closes: bool, actor: Actor, now: datetime
) -> IncidentUpdate:
    """Write one text to the customer of every open part; a closing one closes them all.

    Who reported the incident itself is told there. Up to AT_ONCE are written to at once, more by a
    worker. Raises ValidationError without parts.
    """
    incident = lock_ticket(incident)
    parts = _open_parts(incident)
    ids = list(parts.order_by("pk").values_list("pk", flat=True)[:MAX_PARTS])
    if not ids:
        raise ValidationError(_("No open ticket is part of this one."))
    is_told_there = is_reported_here(incident)
    if is_told_there:
        ids.insert(0, incident.pk)
    update = IncidentUpdate.objects.create(
        incident=incident, text=text, is_closing=closes, author=actor.user, at=now
    )
    IncidentPost.objects.bulk_create(IncidentPost(update=update, ticket_id=pk) for pk in ids)
    facts: dict[str, Any] = {"step": "closing" if closes else "update", "tickets": len(ids)}
    record_event(incident, Event.Kind.INCIDENT, actor=actor, now=now, **facts)
    if closes and not is_told_there:
        changes = Changes(status=default_status(Kind.CLOSED))
        apply_changes(incident, changes=changes, actor=actor, now=now)
    if len(ids) > AT_ONCE:
        arguments = {"update": update.pk}
        update.job = start_job(KIND, arguments, actor=actor.user, total=len(ids), now=now)
        update.save(update_fields=["job"])
        return update
    for post in update.posts.all():
        post_update(post, now=now)
    return update


def is_reported_here(incident: Ticket) -> bool:
    """Whether its own customer waits for word in it, and in no part of it."""
    if not incident.is_open or not incident.messages.filter(kind=Message.Kind.INBOUND).exists():
        return False
    return not _open_parts(incident).filter(customer=incident.customer_id).exists()


@transaction.atomic
def close_with_parts(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Close the ticket and every open part of it that the actor may work on; all or none.

    Raises ValidationError that names the part which can't be closed.
    """
    for part in _open_parts(ticket).order_by("pk")[:MAX_PARTS]:
        if actor.user is None or may_work(actor.user, part):
            _close_part(part, actor=actor, now=now)
    return close_ticket(ticket, actor=actor, now=now)


@transaction.atomic
def post_update(post: IncidentPost, *, now: datetime) -> IncidentPost:
    """Write the update into its ticket, once; one that can't take it is left out and says why."""
    ticket = lock_ticket(post.ticket)
    locked = IncidentPost.objects.select_for_update(of=("self",)).select_related("update__author")
    post = locked.get(pk=post.pk)
    if post.state != IncidentPost.State.WAITING:
        return post
    post.reason = _obstacle(ticket, post.update)
    if not post.reason:
        _post(ticket, post, now=now)
    is_posted = post.message is not None
    post.state = IncidentPost.State.POSTED if is_posted else IncidentPost.State.SKIPPED
    post.save(update_fields=["state", "reason", "message"])
    return post


def _open_parts(ticket: Ticket) -> TicketQuerySet:
    return Ticket.objects.open().filter(links_out__kind=PART, links_out__target=ticket)


def _close_part(part: Ticket, *, actor: Actor, now: datetime) -> None:
    try:
        close_ticket(part, actor=actor, now=now)
    except ValidationError as refusal:
        facts = {"number": part.number, "reason": " ".join(refusal.messages)}
        raise ValidationError(_("#%(number)s: %(reason)s") % facts) from refusal


def _post(ticket: Ticket, post: IncidentPost, *, now: datetime) -> None:
    """As a reply of its own to its own customer and followers: parts never see each other."""
    update = post.update
    answer = Answer(
        content=Content(text=update.text, is_markdown=True),
        recipients=Recipients(),
        after=default_status(Kind.CLOSED) if update.is_closing else None,
        takes_ticket=False,
        ends_draft=False,
    )
    actor = Actor.of_user(update.author) if update.author else Actor.system("Incident")
    try:
        with transaction.atomic():
            post.message = reply(ticket, answer=answer, actor=actor, now=now)
    except ValidationError as refusal:
        post.reason = " ".join(refusal.messages)[:300]


def _obstacle(ticket: Ticket, update: IncidentUpdate) -> str:
    if not ticket.is_open:
        return _("It is not open any more.")
    if update.author is not None and not may_work(update.author, ticket):
        return _("The author may not work on it.")
    return ""


def _guard_parts(
    parent: Ticket, children: list[Ticket], known: dict[int, int], actor: Actor
) -> None:
    for row in (parent, *children):
        is_gone = row.deleted_at is not None or row.merged_into_id is not None
        if is_gone or (actor.user is not None and not may_work(actor.user, row)):
            raise ValidationError(_("There is no ticket #%(n)s.") % {"n": row.number})
    if parent.links_out.filter(kind=PART).exists():
        words = _("#%(number)s is part of another ticket itself.")
        raise ValidationError(words % {"number": parent.number})
    has_parts = TicketLink.objects.filter(kind=PART, target__in=children)
    parents = set(has_parts.values_list("target", flat=True))
    for row in children:
        if row.pk == parent.pk:
            raise ValidationError(_("A ticket is not part of itself."))
        if row.pk in parents or row.is_incident:
            raise ValidationError(_("#%(n)s has parts of its own.") % {"n": row.number})
        if known.get(row.pk, parent.pk) != parent.pk:
            words = _("#%(number)s is part of another ticket.")
            raise ValidationError(words % {"number": row.number})
