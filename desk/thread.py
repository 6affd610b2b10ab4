"""The thread of a ticket: its newest messages with what happened in between, oldest first."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from core.moments import moment_mark
from desk.history import SILENT_KINDS, EventLine, event_line
from desk.links import ticket_url
from desk.messages import MessageCard, Place, message_card
from tickets.models import Attachment, Event, Message, Ticket
from tickets.showing import shown_html

WINDOW = 50
MAX_EVENTS = 300
FOLD_FROM = 9
KEPT_AFTER_FOLD = 5
# So many messages follow the one a permalink names, for it is read with what came of it.
AFTER_WANTED = 9


@dataclass(frozen=True)
class Item:
    """A message or a line of events; the other one is None."""

    card: MessageCard | None = None
    line: EventLine | None = None


@dataclass(frozen=True)
class Wanted:
    """Which part of the thread: what is older than a message, or the page a message is on."""

    before: int | None = None
    at: int | None = None


@dataclass(frozen=True)
class Pinned:
    """The hand-over note on top of the thread, until its receiver has answered (R182)."""

    author: str
    time: SafeString
    body: SafeString
    url: str


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What the thread shows: the middle of a long one is folded."""

    first: list[Item]
    folded: list[Item]
    rest: list[Item]
    folded_count: int
    is_unfolded: bool
    older_url: str
    newest_url: str
    reload_url: str
    pinned: Pinned | None


def thread_of(ticket: Ticket, *, now: datetime, wanted: Wanted, can_redact: bool = False) -> Thread:
    """The newest WINDOW messages, or those that were asked for: three statements, however many.

    A permalink to an older message costs a fourth one, which finds its page.
    """
    before = _page_around(ticket, wanted.at) or wanted.before
    messages, has_older = _window(ticket, before)
    cards = _cards(messages, place=Place(ticket.number, can_redact), now=now)
    items = _items(cards, messages, _events(ticket, messages, before), now=now)
    first, folded, rest = _fold(items)
    return Thread(
        first=first,
        folded=folded,
        rest=rest,
        folded_count=sum(1 for item in folded if item.card),
        is_unfolded=any(item.card and item.card.pk == wanted.at for item in folded),
        older_url=ticket_url(ticket.number, before=str(messages[0].pk)) if has_older else "",
        newest_url=ticket_url(ticket.number) if before else "",
        reload_url=ticket_url(ticket.number, before=str(before or "")),
        pinned=_pinned(ticket, now),
    )


def _pinned(ticket: Ticket, now: datetime) -> Pinned | None:
    note = ticket.handover
    if note is None:
        return None
    return Pinned(
        author=note.author_name,
        time=moment_mark(note.created_at, now=now),
        body=shown_html(note.html, note.sanitiser_version),
        url=f"{ticket_url(ticket.number)}/handover/removal",
    )


def _page_around(ticket: Ticket, at: int | None) -> int | None:
    """Where a page that shows the message `at` ends; None when the newest page does, or no such."""
    if at is None:
        return None
    newer = ticket.messages.filter(pk__gte=at).order_by("pk").values_list("pk", flat=True)
    found = list(newer[: WINDOW + 1])
    is_older = len(found) > WINDOW and found[0] == at
    return found[AFTER_WANTED] + 1 if is_older else None


def _window(ticket: Ticket, before: int | None) -> tuple[list[Message], bool]:
    messages = ticket.messages.select_related("origin__customer").order_by("-pk")
    if before is not None:
        messages = messages.filter(pk__lt=before)
    found = list(messages[: WINDOW + 1])
    return found[:WINDOW][::-1], len(found) > WINDOW


def _cards(messages: list[Message], *, place: Place, now: datetime) -> dict[int, MessageCard]:
    files: dict[int, list[Attachment]] = defaultdict(list)
    for row in Attachment.objects.filter(message__in=[message.pk for message in messages]):
        files[row.message_id].append(row)
    return {
        message.pk: message_card(message, files[message.pk], place=place, now=now)
        for message in messages
    }


def _events(ticket: Ticket, messages: list[Message], before: int | None) -> list[Event]:
    """What happened in the time of the window, newest MAX_EVENTS of it."""
    events = ticket.events.exclude(kind__in=SILENT_KINDS)
    if messages:
        events = events.filter(at__gte=messages[0].created_at)
    if before is not None and messages:
        events = events.filter(at__lte=messages[-1].created_at)
    return list(events.order_by("-pk")[:MAX_EVENTS])[::-1]


def _items(
    cards: dict[int, MessageCard], messages: list[Message], events: list[Event], *, now: datetime
) -> list[Item]:
    """Messages in their order; after each, in one line, what happened until the next."""
    times = [message.created_at for message in messages]
    between: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        between[bisect_right(times, event.at)].append(event)
    items: list[Item] = []
    for place, message in enumerate(messages, start=1):
        items.append(Item(card=cards[message.pk]))
        if between[place]:
            items.append(Item(line=event_line(between[place], now=now)))
    return items


def _fold(items: list[Item]) -> tuple[list[Item], list[Item], list[Item]]:
    """The first message and the last few stay open."""
    at = [position for position, item in enumerate(items) if item.card]
    if len(at) < FOLD_FROM:
        return [], [], items
    begin, end = at[1], at[-KEPT_AFTER_FOLD]
    return items[:begin], items[begin:end], items[end:]
