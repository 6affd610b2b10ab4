"""One request as its customer reads it: no notes, nothing held back, no internal events (X-37)."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import ui
from core.moments import moment_mark
from customers.models import Customer
from portal.milestones import Milestone, milestones_of
from tickets.content import attachment_path
from tickets.models import Attachment, Message, Ticket
from tickets.permissions import messages_for_customer
from tickets.showing import file_facts, shown_html

WINDOW = 50
FileAddress = Callable[[Attachment], str]


@dataclass(frozen=True)
class Reader:
    """Who reads: their customer, the address they are known by, and how they reach files."""

    customer: Customer | None
    email: str
    address: FileAddress = attachment_path


@dataclass(frozen=True)
class File:
    """A file below an entry."""

    url: str
    name: str
    facts: str
    icon: str


@dataclass(frozen=True)
class Entry:
    """One message."""

    at: datetime
    anchor: str
    name: str
    avatar: SafeString
    css: str
    is_ours: bool
    is_doubtful: bool
    time: SafeString
    body: SafeString
    quoted: SafeString
    language: str
    files: list[File]


@dataclass(frozen=True)
class Item:
    """A message or a milestone; the other one is None."""

    entry: Entry | None = None
    milestone: Milestone | None = None
    time: SafeString | None = None


@dataclass(frozen=True)
class Conversation:
    """The timeline, where its older part begins (0: nowhere), and a mark that changes with it."""

    items: list[Item]
    older: int
    mark: str


def conversation_of(
    ticket: Ticket, *, reader: Reader, now: datetime, before: int | None = None
) -> Conversation:
    """The newest WINDOW messages, or those older than `before`; three statements at any length."""
    messages, has_older = _window(ticket, before)
    entries = _entries(messages, reader, now)
    since = messages[0].created_at if has_older or before else ticket.created_at
    milestones = milestones_of(ticket, reader=reader.customer, since=since) if messages else []
    if before is not None and messages:
        milestones = [line for line in milestones if line.at <= messages[-1].created_at]
    return Conversation(
        items=_in_order(entries, milestones, now),
        older=messages[0].pk if has_older else 0,
        mark=_mark(ticket, messages, milestones),
    )


def _window(ticket: Ticket, before: int | None) -> tuple[list[Message], bool]:
    messages = messages_for_customer(ticket).order_by("-pk")
    if before is not None:
        messages = messages.filter(pk__lt=before)
    found = list(messages[: WINDOW + 1])
    return found[:WINDOW][::-1], len(found) > WINDOW


def _entries(messages: list[Message], reader: Reader, now: datetime) -> list[Entry]:
    files: dict[int, list[Attachment]] = defaultdict(list)
    for row in Attachment.objects.kept().filter(message__in=[message.pk for message in messages]):
        files[row.message_id].append(row)
    return [_entry(message, files[message.pk], reader, now) for message in messages]


def _entry(message: Message, files: list[Attachment], reader: Reader, now: datetime) -> Entry:
    name = message.author_name or (_("Support") if message.is_by_staff else message.author_email)
    return Entry(
        at=message.created_at,
        anchor=f"m{message.pk}",
        name=_("You") if _is_own(message, reader) else name,
        avatar=ui.avatar(name, size="l"),
        css="entry entry--us" if message.is_by_staff else "entry",
        is_ours=message.is_by_staff,
        is_doubtful=message.is_unverified and not _is_own(message, reader),
        time=moment_mark(message.created_at, now=now),
        body=_readable(message.html, message, files, reader),
        quoted=_readable(message.quoted_html, message, files, reader),
        language=message.language,
        files=[_file(row, reader) for row in files if not row.is_inline],
    )


def _is_own(message: Message, reader: Reader) -> bool:
    if message.is_by_staff:
        return False
    if reader.customer is not None and message.author_customer_id == reader.customer.pk:
        return True
    return bool(reader.email) and message.author_email == reader.email


def _readable(html: str, message: Message, files: list[Attachment], reader: Reader) -> SafeString:
    """The body, its pictures at addresses this reader can open."""
    for row in files:
        if row.is_inline and (path := attachment_path(row)) != (open_at := reader.address(row)):
            html = html.replace(f'src="{path}"', format_html('src="{}"', open_at))
    return shown_html(html, message.sanitiser_version)


def _file(row: Attachment, reader: Reader) -> File:
    icon = "image" if row.content_type.startswith("image/") else "file-text"
    return File(reader.address(row), row.filename, file_facts(row), icon)


def _in_order(entries: list[Entry], milestones: list[Milestone], now: datetime) -> list[Item]:
    said = [(entry.at, Item(entry=entry)) for entry in entries]
    done = [
        (line.at, Item(milestone=line, time=moment_mark(line.at, now=now))) for line in milestones
    ]
    # Sorting is stable: a reply stands before what it changed in the same moment.
    return [item for _at, item in sorted([*said, *done], key=itemgetter(0))]


def _mark(ticket: Ticket, messages: list[Message], milestones: list[Milestone]) -> str:
    """Changes when something the customer sees does, and at nothing else."""
    newest = messages[-1].pk if messages else 0
    facts = f"{newest} {len(messages)} {len(milestones)} {ticket.status_id} {ticket.subject}"
    return f"{zlib.crc32(facts.encode()):x}"
