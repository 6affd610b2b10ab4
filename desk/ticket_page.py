"""The ticket page: its parts, each worked out only when a template prints it."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.models import User
from core.compiled import Compiled
from customers.records import is_courted, unpaid_since
from desk.access import only_visible, reader
from desk.composer import Composer, Occasion, composer_of
from desk.deadlines import clock_rows
from desk.display import has_list_beside
from desk.head import Head, head_of
from desk.links import queue_url
from desk.message_forms import MessageForm
from desk.presence import Presence, who_else
from desk.queue import View, view_of
from desk.thread import Thread, Wanted, thread_of
from desk.waiting import Waiting, waiting_of
from desk.writing import writing_facts
from sla.models import Coverage
from tickets.actions.posting import LEAVING_KINDS
from tickets.models import Draft, Message, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.permissions import may_delete, may_redact

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
        asked = request.POST.get("view") or request.GET.get("view", "")
        self.view: View = view_of(asked, self.user)
        self.is_from_list = bool(asked)
        self.now = now
        self.wanted = Wanted(
            before=_number(request.GET.get("before", "")), at=_number(request.GET.get("at", ""))
        )
        self.form: MessageForm | None = None
        self.news: list[Message] = []
        self.preview: SafeString | str = ""
        self.kind = request.GET.get("kind", "")
        self.answers = answered_message(request)
        self.picked = _number(request.GET.get("picked", ""))
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

    @property
    def pane_url(self) -> str:
        """The list beside the ticket, for those who want it and came from one."""
        if not self.is_from_list or not has_list_beside(self.user):
            return ""
        return queue_url(view=self.view.slug, pane="1", at=str(self.ticket.number))

    @cached_property
    def thread(self) -> Thread:
        can_redact = may_redact(self.user, self.ticket)
        return thread_of(self.ticket, now=self.now, wanted=self.wanted, can_redact=can_redact)

    @cached_property
    def composer(self) -> Composer:
        occasion = Occasion(
            user=self.user,
            view=self.view.slug,
            now=self.now,
            kind=self.kind,
            answers=self.answers,
            picked=self.picked,
            form=self.form,
            news=self.news,
            preview=self.preview,
        )
        return composer_of(self.ticket, occasion)

    @cached_property
    def waiting(self) -> Waiting:
        return waiting_of(self.ticket, user_id=self.user.pk, now=self.now)

    @cached_property
    def presence(self) -> Presence:
        return who_else(self.ticket, self.user)

    @cached_property
    def pulse(self) -> str:
        return pulse_query(self.ticket, self.presence)


def loaded_ticket(request: HttpRequest, number: int, *, to_write: bool = True) -> Ticket:
    """A visible ticket with what its page needs, in one statement; else 404.

    Merged tickets are found too: the page leads on to the survivor. Only who writes needs drafts,
    addresses and what waits; only who reads anew needs the flags of the customer (R162).
    """
    if not to_write:
        return only_visible(request, _to_read(number=number))
    user, answers = reader(request).pk, answered_message(request)
    if answers is not None:
        return only_visible(request, _to_answer(number=number, user=user, answers=answers))
    return only_visible(request, _to_write(number=number, user=user))


def answered_message(request: HttpRequest) -> int | None:
    """The message whose author is to be answered, where the agent has chosen one."""
    return _number(request.GET.get("answers", ""))


def pulse_query(ticket: Ticket, presence: Presence) -> str:
    """What a page knows; the pulse answers only when one of it has changed."""
    return f"after={ticket.last_message_id or 0}&stamp={stamp_of(ticket)}&who={presence.digest}"


def stamp_of(ticket: Ticket) -> str:
    """Changes whenever the ticket, its clocks, the delivery of its newest reply or shares do."""
    moment = int(ticket.updated_at.timestamp() * 1000)
    around = [getattr(ticket, name, ()) for name in ("clock_rows", "shared_ids")]
    clocks = zlib.crc32(repr((ticket.sla_state, *around)).encode())
    return f"{moment}.{clocks}{getattr(ticket, 'newest_delivery', None) or ''}"


def _read(number: int) -> TicketQuerySet:
    return (
        Ticket.objects.filter(number=number)
        .select_related(*_SHOWN)
        .annotate(
            newest_delivery=Subquery(_newest_delivery()),
            shared_ids=ArraySubquery(_shared()),
            clock_rows=clock_rows(),
            excluded_reason=Subquery(_coverage().values("case__excluded")[:1]),
        )
    )


def _written(number: int, user: int, answers: int | None = None) -> TicketQuerySet:
    facts = writing_facts(user, answers=answers)
    return _read(number).annotate(**facts, unpaid_since=unpaid_since(), is_courted=is_courted())


_to_read: Final = Compiled(_read)
_to_write: Final = Compiled(_written)
_to_answer: Final = Compiled(_written)


def _coverage() -> QuerySet[Any, Any]:
    return Coverage.objects.filter(ticket=OuterRef("pk"))


def _shared() -> QuerySet[Any, Any]:
    """Drafts that colleagues may read; what is typed into one of them is no news."""
    shared = Draft.objects.filter(ticket=OuterRef("pk"), is_shared=True).exclude(text="")
    return shared.order_by("pk").values("pk")


def _newest_delivery() -> QuerySet[Any, Any]:
    sent = Message.objects.filter(ticket=OuterRef("pk"), kind__in=LEAVING_KINDS)
    return sent.order_by("-pk").values("delivery_state")[:1]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 -- a bigint
