"""The parts of a ticket, and the work that writes to all customers of an incident (R35)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.jobs import JobKind, Work, kinds
from tickets.actions.incidents import KIND, PART, post_update
from tickets.models import IncidentPost, IncidentUpdate, Ticket
from tickets.models.ticket import TicketQuerySet

State = IncidentPost.State


def parts_of(ticket: Ticket) -> TicketQuerySet:
    """The tickets that are part of this one."""
    return Ticket.objects.alive().filter(links_out__kind=PART, links_out__target=ticket)


def updates_of(incident: Ticket) -> list[IncidentUpdate]:
    """What was told so far, newest first, with how many tickets have it."""
    posted = Count("posts", filter=Q(posts__state=State.POSTED))
    skipped = Count("posts", filter=Q(posts__state=State.SKIPPED))
    rows = IncidentUpdate.objects.filter(incident=incident).select_related("author")
    counted = rows.annotate(count=Count("posts"), posted=posted, skipped=skipped)
    return list(counted.order_by("-pk")[:20])


def run(work: Work) -> dict[str, Any]:
    """Write to one ticket after the other; repeated, it goes on where it stopped."""
    posts = IncidentPost.objects.filter(update=work.arguments["update"])
    waiting = posts.filter(state=State.WAITING).select_related("ticket").order_by("pk")
    done = posts.exclude(state=State.WAITING).count()
    for post in waiting.iterator(chunk_size=100):
        post_update(post, now=clock.now())
        done += 1
        work.advance(done)
    return {"posted": posts.filter(state=State.POSTED).count()}


WORDS = {"posted": _("Tickets written to")}
kinds.register(KIND, JobKind(_("Writing to everybody affected by an incident"), run, words=WORDS))
