"""The start page of staff: how the queue stands, and what is next (A-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from desk.dressing import ticket_rows
from desk.links import queue_url
from desk.queue import counters, view_of
from desk.rows import TicketRow, facts_of
from tickets.models import Ticket

MAX_ROWS = 8
TILES = ("mine", "unassigned", "urgent", "unanswered", "risk", "overdue")


@dataclass(frozen=True)
class Tile:
    """A view of the queue with its number."""

    title: str
    url: str
    count: SafeString


@dataclass(frozen=True, kw_only=True)
class Home:
    """The start page as its template prints it."""

    greeting: str
    tiles: list[Tile]
    rows: list[TicketRow]
    all_url: str


def home_of(user: User, *, now: datetime) -> Home:
    """Numbers and the next tickets: those of `user`, and those nobody has."""
    counts = counters(user, now)
    mine_or_free = Q(assignee=user.pk) | Q(assignee=None)
    tickets = Ticket.objects.visible_to(user).open().awake().filter(mine_or_free)
    found = facts_of(tickets.attention_order(), user, MAX_ROWS)
    return Home(
        greeting=_("Hello %(name)s") % {"name": user.display_name},
        tiles=[_tile(slug, counts) for slug in TILES],
        rows=ticket_rows(found, now=now, view="attention"),
        all_url=queue_url(),
    )


def _tile(slug: str, counts: dict[str, int]) -> Tile:
    view: Any = view_of(slug)
    return Tile(str(view.title), queue_url(view=slug), ui.counter(counts[slug], unit=_("tickets")))
