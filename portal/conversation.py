"""One request as its customer reads it: no notes, no internal events, no status names (look 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import options
from portal.requests import look_of
from tickets.content import attachment_path
from tickets.models import Attachment, Message, Ticket
from tickets.models.vocabulary import RESOLVED_KINDS, Kind
from tickets.permissions import messages_for_customer
from tickets.showing import file_facts, shown_html

MAX_ENTRIES = 200
FileAddress = Callable[[Attachment], str]


@dataclass(frozen=True)
class File:
    """A file below an entry."""

    url: str
    name: str
    facts: str


@dataclass(frozen=True)
class Entry:
    """One message of the thread."""

    pk: int
    name: str
    is_ours: bool
    is_mine: bool
    at: datetime
    body: SafeString
    quoted: SafeString
    language: str
    files: list[File]


@dataclass(frozen=True)
class Step:
    """A stage of the way from received to solved."""

    words: str
    at: datetime | None
    is_done: bool
    is_now: bool


@dataclass(frozen=True)
class Conversation:
    """The page of one request."""

    ticket: Ticket
    entries: list[Entry]
    steps: list[Step]
    icon: str
    words: str
    advice: str
    is_solved: bool
    may_reopen: bool
    last_id: int


def conversation(
    ticket: Ticket, *, reader_email: str, now: datetime, address: FileAddress = attachment_path
) -> Conversation:
    """The thread for the owner of `reader_email`; three statements whatever its length."""
    messages = list(
        messages_for_customer(ticket)
        .select_related("author_user", "author_customer")
        .order_by("-pk")[:MAX_ENTRIES]
    )[::-1]
    files = _files(messages, address)
    is_solved = ticket.status_kind in RESOLVED_KINDS
    return Conversation(
        ticket=ticket,
        entries=[_entry(row, reader_email, files[row.pk]) for row in messages],
        steps=_steps(ticket),
        icon=look_of(ticket.status_kind)[0],
        words=ticket.customer_words,
        advice=_advice(ticket),
        is_solved=is_solved,
        may_reopen=is_solved and _within_window(ticket, now),
        last_id=messages[-1].pk if messages else 0,
    )


def _files(messages: list[Message], address: FileAddress) -> dict[int, list[File]]:
    files: dict[int, list[File]] = defaultdict(list)
    rows = Attachment.objects.filter(message__in=messages, is_inline=False)
    for row in rows:
        files[row.message_id].append(File(address(row), row.filename, file_facts(row)))
    return files


def _entry(message: Message, reader_email: str, files: list[File]) -> Entry:
    is_mine = message.author_email == reader_email
    return Entry(
        pk=message.pk,
        name=_("You") if is_mine else message.author_name or _("Support"),
        is_ours=message.is_by_staff,
        is_mine=is_mine,
        at=message.created_at,
        body=shown_html(message.html, message.sanitiser_version),
        quoted=shown_html(message.quoted_html, message.sanitiser_version),
        language=message.language,
        files=files,
    )


def _steps(ticket: Ticket) -> list[Step]:
    is_solved = ticket.status_kind in RESOLVED_KINDS
    is_read = ticket.first_responded_at is not None or ticket.assignee_id is not None
    read_at = ticket.first_responded_at
    return [
        Step(_("Received"), ticket.created_at, is_done=True, is_now=not is_read and not is_solved),
        Step(_("In hand"), read_at, is_done=is_read, is_now=is_read and not is_solved),
        Step(_("Solved"), ticket.resolved_at, is_done=is_solved, is_now=is_solved),
    ]


def _advice(ticket: Ticket) -> str:
    """Who must act now (N17)."""
    if ticket.status_kind in RESOLVED_KINDS:
        return _("If something is still wrong, write below and we go on.")
    if ticket.status_kind == Kind.WAITING_CUSTOMER:
        return _("We asked you something, or wait to hear whether our answer helps.")
    if ticket.status_kind == Kind.WAITING_THIRD_PARTY:
        return _("Somebody else has to answer us first. There is nothing you need to do.")
    return _("You hear from us here and by e-mail. There is nothing you need to do.")


def _within_window(ticket: Ticket, now: datetime) -> bool:
    ended_at = ticket.closed_at or ticket.resolved_at
    days = options.value("tickets.reopen_days")
    return ended_at is None or now - ended_at <= timedelta(days=days)
