"""What on-call does about tickets: an answer reaches milestones, a resolution ends everything."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import Page
from automation.on_call.milestones import BY_ANSWER, drop_milestones, reach_by
from automation.on_call.paging import acknowledge, end_pages
from core.events import on
from notifications.events import SmsReceived
from tickets.actions import mark_emergency
from tickets.events import (
    ReplyPosted,
    StatusChanged,
    TicketDeleted,
    TicketEvent,
    TicketMarkedSpam,
    TicketMerged,
)

# What people write back to a page; anything else is left to a person to read.
YES = frozenset({"ok", "okay", "ack", "yes", "1"})


@on(SmsReceived)
def acknowledge_by_text(event: SmsReceived) -> None:
    """Whoever was called by text message answers "OK" and is on it, for all that call them."""
    word = event.text.strip().casefold().rstrip(".!")
    user = User.objects.staff().filter(pk=event.user_id).first()
    if user is None or word not in YES:
        return
    called = Page.objects.open().filter(acknowledged_at=None, steps__user=user).distinct()
    for page in called.select_related("schedule", "ticket").order_by("pk"):
        acknowledge(page, user=user, now=event.now)


@on(ReplyPosted)
def reach_by_answer(event: ReplyPosted) -> None:
    """Only a person's answer counts: rules keep no promises."""
    if event.ticket.is_emergency and event.actor.is_human_staff:
        reach_by(event.ticket, kinds=BY_ANSWER, user=event.actor.user, now=event.now)


@on(StatusChanged)
def end_when_resolved(event: StatusChanged) -> None:
    """Nobody is called any more, and who was writes the incident report (R116)."""
    if event.ticket.is_emergency and event.ticket.is_resolved:
        end_pages(event.ticket, now=event.now, report=_("Write the incident report"))
        drop_milestones(event.ticket, now=event.now)
        mark_emergency(event.ticket, is_on=False)


def end_silently(event: TicketEvent) -> None:
    """What was no emergency needs no report."""
    if event.ticket.is_emergency:
        end_pages(event.ticket, now=event.now)
        drop_milestones(event.ticket, now=event.now)
        mark_emergency(event.ticket, is_on=False)


on(TicketMarkedSpam)(end_silently)
on(TicketDeleted)(end_silently)
on(TicketMerged)(end_silently)
