"""What on-call does about tickets: an answer reaches milestones, a resolution ends everything."""

from __future__ import annotations

from django.utils.translation import gettext as _

from automation.on_call.milestones import BY_ANSWER, drop_milestones, reach_by
from automation.on_call.paging import end_pages
from core.events import on
from tickets.events import ReplyPosted, StatusChanged, TicketDeleted, TicketMarkedSpam


@on(ReplyPosted)
def reach_by_answer(event: ReplyPosted) -> None:
    """Only a person's answer counts: rules keep no promises."""
    if event.actor.is_human_staff:
        reach_by(event.ticket, kinds=BY_ANSWER, user=event.actor.user, now=event.now)


@on(StatusChanged)
def end_when_resolved(event: StatusChanged) -> None:
    """Nobody is called any more, and who was writes the incident report (R116)."""
    if event.ticket.is_resolved:
        end_pages(event.ticket, now=event.now, report=_("Write the incident report"))
        drop_milestones(event.ticket, now=event.now)


@on(TicketMarkedSpam)
@on(TicketDeleted)
def end_silently(event: TicketMarkedSpam | TicketDeleted) -> None:
    """What was no emergency needs no report."""
    end_pages(event.ticket, now=event.now)
    drop_milestones(event.ticket, now=event.now)
