"""What work around a ticket brings to the stage: an entry, a template, an appointment, time."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from accounts.models import User
from tickets.actions import (
    Booking,
    Spent,
    TaskFacts,
    add_task,
    book_appointment,
    finish_appointment,
    log_time,
)
from tickets.actors import Actor
from tickets.models import TaskTemplate, Ticket

APPOINTMENT, OUTCOME, TIME = "canary-appointment-5a1e", "canary-outcome-8b2d", "canary-time-3c9f"
ITEM = "canary-entry-6d4b"
CANARIES = {"appointment": APPOINTMENT, "outcome": OUTCOME, "time": TIME, "item": ITEM}


def work(ticket: Ticket, ada: User, *, now: datetime) -> SimpleNamespace:
    """A task with an entry, a template, an appointment nobody told the customer of, an hour."""
    actor, later = Actor.of_user(ada), now + timedelta(days=2)
    facts = TaskFacts(title="Order seals", owner=ada, checklist=(ITEM,))
    task = add_task(ticket, facts=facts, actor=actor, now=now)
    booking = Booking(
        title=APPOINTMENT,
        starts_at=later,
        ends_at=later + timedelta(minutes=30),
        responsible=ada,
        tells_customer=False,
    )
    appointment = book_appointment(ticket, booking=booking, actor=actor, now=now)
    over = book_appointment(ticket, booking=booking, actor=actor, now=now)
    finish_appointment(over, outcome=OUTCOME, actor=actor, now=now)
    return SimpleNamespace(
        task=task,
        item=task.items.get(),
        template=TaskTemplate.objects.create(name="Spare", title="Spare"),
        appointment=appointment,
        entry=log_time(ticket, spent=Spent(seconds=3600, note=TIME), actor=actor, now=now),
    )
