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
from core.times import ago_text
from desk import appointments, task_list
from desk.appointments import AppointmentLine
from desk.checklist import is_offered
from desk.dressing import ticket_rows
from desk.links import queue_url
from desk.my_numbers import Number, numbers_of
from desk.queue import counters, view_of
from desk.rows import TicketRow, facts_of
from desk.task_list import TaskLine
from notifications import announcements
from notifications.announcements import Banner
from notifications.models import Notification
from tickets.models import Ticket

MAX_ROWS, MAX_TASKS, MAX_UNREAD = 8, 8, 5
TILES = ("mine", "unassigned", "urgent", "unanswered", "risk", "overdue")


@dataclass(frozen=True)
class Tile:
    """A view of the queue with its number."""

    title: str
    url: str
    count: SafeString


@dataclass(frozen=True)
class UnreadLine:
    """A notice nobody has looked at."""

    title: str
    url: str
    ago: str


@dataclass(frozen=True, kw_only=True)
class Home:
    """The start page as its template prints it."""

    greeting: str
    announcements: list[Banner]
    tiles: list[Tile]
    numbers: list[Number]
    rows: list[TicketRow]
    all_url: str
    tasks: list[TaskLine]
    appointments: list[AppointmentLine]
    unread: list[UnreadLine]
    has_checklist: bool


def home_of(user: User, *, now: datetime) -> Home:
    """Numbers, the next tickets (those of `user` and those nobody has), and the day's work."""
    counts = counters(user, now, also=TILES)
    mine_or_free = Q(assignee=user.pk) | Q(assignee=None)
    tickets = Ticket.objects.visible_to(user).open().awake().filter(mine_or_free)
    found = facts_of(tickets.attention_order(), user, MAX_ROWS)
    return Home(
        greeting=_("Hello %(name)s") % {"name": user.display_name},
        announcements=announcements.for_staff(now),
        tiles=[_tile(slug, counts) for slug in TILES],
        numbers=numbers_of(user, now=now),
        rows=ticket_rows(found, now=now, view="attention"),
        all_url=queue_url(),
        tasks=task_list.today_of(user, now=now, most=MAX_TASKS),
        appointments=appointments.today_of(user, now=now),
        unread=_unread(user, now),
        has_checklist=is_offered(user),
    )


def _unread(user: User, now: datetime) -> list[UnreadLine]:
    """The newest notices nobody has looked at."""
    return [
        UnreadLine(row.title, row.url, ago_text(row.at, now))
        for row in Notification.objects.of(user).unread().order_by("-at", "-pk")[:MAX_UNREAD]
    ]


def _tile(slug: str, counts: dict[str, int]) -> Tile:
    view: Any = view_of(slug)
    return Tile(str(view.title), queue_url(view=slug), ui.counter(counts[slug], unit=_("tickets")))
