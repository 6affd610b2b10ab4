"""The ticket page: its parts, each worked out only when a template prints it."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest

from accounts.models import User
from desk.access import reader, visible_tickets
from desk.composer import Composer, composer_of
from desk.deadlines import clock_rows
from desk.forms import MessageForm
from desk.head import Head, head_of
from desk.presence import Presence, who_else
from desk.queue import View, view_of
from desk.thread import Thread, thread_of
from sla.models import Coverage
from tickets.models import Draft, Follower, Message, Ticket
from tickets.permissions import may_delete

_SHOWN = (
    "status",
    "priority",
    "department",
    "service",
    "assignee",
    "customer__organisation",
    "handover",
)


class TicketPage:
    """One ticket as one reader sees it, coming from one view of the queue."""

    def __init__(self, request: HttpRequest, ticket: Ticket, *, now: datetime) -> None:
        self.ticket = ticket
        self.user: User = reader(request)
        self.view: View = view_of(request.POST.get("view") or request.GET.get("view", ""))
        self.now = now
        self.before: int | None = _number(request.GET.get("before", ""))
        self.form: MessageForm | None = None
        self.news: list[Message] = []
        self.error = ""

    @cached_property
    def head(self) -> Head:
        return head_of(
            self.ticket,
            view=self.view,
            user_id=self.user.pk,
            now=self.now,
            can_delete=may_delete(self.user, self.ticket),
            error=self.error,
        )

    @cached_property
    def thread(self) -> Thread:
        return thread_of(self.ticket, now=self.now, before=self.before)

    @cached_property
    def composer(self) -> Composer:
        return composer_of(
            self.ticket, user=self.user, view=self.view.slug, form=self.form, news=self.news
        )

    @cached_property
    def presence(self) -> Presence:
        return who_else(self.ticket, self.user)

    @cached_property
    def pulse(self) -> str:
        return pulse_query(self.ticket, self.presence)


def loaded_ticket(request: HttpRequest, number: int) -> Ticket:
    """A visible ticket with its followers and the reader's draft, in one statement; else 404.

    Merged tickets are found too: the page leads on to the survivor.
    """
    followers = Follower.objects.filter(ticket=OuterRef("pk"), is_hidden=False).values("email")
    draft = Draft.objects.filter(ticket=OuterRef("pk"), user=reader(request).pk)
    found = (
        visible_tickets(request)
        .select_related(*_SHOWN)
        .annotate(
            follower_emails=ArraySubquery(followers),
            own_draft=Subquery(draft.values(facts=JSONObject(kind="kind", text="text"))[:1]),
            newest_delivery=Subquery(_newest_delivery()),
            clock_rows=clock_rows(),
            excluded_reason=Subquery(_coverage().values("case__excluded")[:1]),
        )
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


def pulse_query(ticket: Ticket, presence: Presence) -> str:
    """What a page knows; the pulse answers only when one of it has changed."""
    return f"after={ticket.last_message_id or 0}&stamp={stamp_of(ticket)}&who={presence.digest}"


def stamp_of(ticket: Ticket) -> str:
    """Changes whenever the ticket, its clocks or the delivery of its newest reply do."""
    moment = int(ticket.updated_at.timestamp() * 1000)
    clocks = zlib.crc32(repr((ticket.sla_state, getattr(ticket, "clock_rows", ()))).encode())
    return f"{moment}.{clocks}{getattr(ticket, 'newest_delivery', None) or ''}"


def _coverage() -> QuerySet[Any, Any]:
    return Coverage.objects.filter(ticket=OuterRef("pk"))


def _newest_delivery() -> QuerySet[Any, Any]:
    replies = Message.objects.filter(ticket=OuterRef("pk"), kind=Message.Kind.REPLY)
    return replies.order_by("-pk").values("delivery_state")[:1]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 -- a bigint
