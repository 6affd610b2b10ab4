"""What the rail shows once a page is there: numbers beside its links, and the saved views.

They are asked for apart from the page, so that no page waits for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, ui
from core.context import Shell
from core.registries import nav
from desk import task_list
from desk.links import queue_url, ticket_url
from desk.queue import DEFAULT_VIEW, counters
from desk.saved import saved_views
from tickets.models import TimeEntry
from tickets.time_spent import written_span

MOST_PINS = 6
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Number:
    """How much waits behind a link, and the place it is put into."""

    place: str
    counter: SafeString


@dataclass(frozen=True)
class Pin:
    """A saved view as a link of the rail."""

    title: str
    url: str
    counter: SafeString | str
    is_current: bool


@dataclass(frozen=True)
class RunningTimer:
    """The ticket on which the reader's time runs, as a link of the top bar."""

    number: str
    span: str
    url: str


@dataclass(frozen=True)
class Rail:
    """The rail's later part as its template prints it, and the timer that goes with it."""

    numbers: list[Number]
    pins: list[Pin]
    timer: RunningTimer | None = None


def rail_of(request: HttpRequest, user: User, *, now: datetime) -> Rail:
    """For `user`, who is on the view that `?view=` names, if on any."""
    numbers = [
        _number(link.counter_id, link.key, user) for link in Shell(request).rail if link.is_counted
    ]
    counts, here = counters(user, now), request.GET.get("view", "")
    pins = [
        Pin(
            title=str(view.title),
            url=queue_url(view=view.slug),
            counter=ui.counter(counts[view.slug], unit=_("tickets")) if view.slug in counts else "",
            is_current=here == view.slug,
        )
        for view in saved_views(user)[:MOST_PINS]
    ]
    return Rail(numbers, pins, _running_timer(user, now=now))


def tickets_waiting(user: User) -> int:
    """How many tickets the queue begins with."""
    return counters(user, clock.now())[DEFAULT_VIEW.slug]


def tasks_today(user: User) -> int:
    """How many tasks are to be done by midnight, or late."""
    return task_list.count_today(user, now=clock.now())


def _running_timer(user: User, *, now: datetime) -> RunningTimer | None:
    """Asked each time: the rail is read after the page, after every change, and each minute."""
    running = TimeEntry.objects.running().visible_to(user).filter(user=user)
    entry = running.select_related("ticket").first()
    if entry is None:
        return None
    number = entry.ticket.number
    return RunningTimer(f"#{number}", _span(entry.seconds_at(now)), ticket_url(number))


def _span(seconds: int) -> str:
    if seconds < HOUR:
        return _("%(minutes)d min") % {"minutes": seconds // MINUTE}
    return _("%(span)s h") % {"span": written_span(seconds - seconds % MINUTE)}


def _number(place: str, key: str, user: User) -> Number:
    count = nav[key].counter
    waiting = count(user) if count else 0
    return Number(place, ui.counter(waiting) if waiting else SafeString(""))
