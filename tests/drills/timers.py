"""Tickets with deadlines to the second, opened inside a drill's own database."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Department
from calendars.actions import CalendarFacts, save_calendar
from calendars.models import BusinessCalendar
from core import clock
from customers.actions import find_or_create_customer
from sla.actions.rules import put_in_force
from sla.models import SlaClock, SlaPolicy, SlaTarget
from tickets.actions import Opening, open_ticket
from tickets.actors import Actor
from tickets.content import Author, Content
from tickets.models import Ticket

__all__ = ["due", "json", "open_timers"]
MINUTE = timedelta(minutes=1)


def promise(*, minutes: int, calendar: str = "24x7") -> None:
    """A first response within so many minutes of this calendar, with a warning at 75 %."""
    SlaPolicy.objects.update(is_enabled=False)
    row = BusinessCalendar.objects.get(slug=calendar)
    policy = SlaPolicy.objects.create(name=f"{minutes} minutes", calendar=row)
    SlaTarget.objects.create(
        policy=policy,
        metric="first_response",
        amount=minutes,
        unit="minutes",
        thresholds=["75%"],
    )
    put_in_force(actor=None, now=clock.now())


def open_timers(count: int, *, lead: float, seconds: float) -> float:
    """`count` tickets whose deadlines lie evenly in `seconds` from now on and `lead` seconds more.

    When the first is due, in seconds since 1970.
    """
    promise(minutes=1)
    first = clock.now() + timedelta(seconds=lead)
    for number in range(count):
        opened(first + timedelta(seconds=int(seconds * number / count)) - MINUTE)
    return first.timestamp()


def opened(now: datetime) -> Ticket:
    """A ticket of this moment, whatever the clock says."""
    customer = find_or_create_customer("c@customer.example", name="C", now=now)
    opening = Opening(
        customer=customer,
        department=Department.objects.get(),
        subject="Drill",
        content=Content(text="Help"),
        channel="phone",
        author=Author(name="C", email="c@customer.example"),
    )
    return open_ticket(opening, actor=Actor.of_customer(customer), now=now)


def due(spec: dict[str, Any], begin: str, minutes: int) -> str:
    """When a ticket of this wall time is due on such a calendar, on the same wall."""
    facts = CalendarFacts(name=f"Drill {BusinessCalendar.objects.count()}", spec=spec)
    calendar = save_calendar(None, facts=facts, actor=None, now=clock.now())
    promise(minutes=minutes, calendar=calendar.slug)
    zone = calendar.versions.get().spec["tz"]
    ticket = opened(datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo(zone)))
    found = SlaClock.objects.get(ticket=ticket).due_at
    return found.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if found else ""
