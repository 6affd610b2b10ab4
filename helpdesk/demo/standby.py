"""Who is on call at the demo company, and whom to turn to (R112, R115)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Department, User
from automation.models import Contact, OnCallRole, OnCallSchedule
from automation.on_call.rota import next_handover
from automation.on_call.schedules import add_override, on_call, plan_of, seat_people
from helpdesk.demo import company
from helpdesk.demo.teams import PHONE

SCHEDULE = "Coffee emergencies"
LEVELS = (
    ("Engineer", 1, ("Raj Kumar", "Anna Schmidt")),
    ("Support", 1, ("Deepak Patel", "Priya Singh")),
    ("Backup", 2, ("Mike Chen", "Carlos Mendez", "Nina Volkov")),
    ("Management", 3, ("Sarah Johnson",)),
)
WEEKS = 13
STANDS_IN_FOR = "Support"


@dataclass(frozen=True)
class ContactPlan:
    """A line of the directory; `next_tier` comes after it."""

    tier: str
    person: str
    slack: str
    hours: str
    instructions: str
    next_tier: str = ""


CONTACTS = (
    ContactPlan(
        "Leadership",
        "Lisa Rodriguez",
        "#leadership",
        "Always, by telephone",
        "For large customers that stand still longer than two hours.",
    ),
    ContactPlan(
        "Engineering",
        "Raj Kumar",
        "#engineering",
        "Monday to Friday 9:00 to 17:00, else on call",
        "Say the machine, its serial number and the code it shows.",
        "Leadership",
    ),
    ContactPlan(
        "Tier 2",
        "Deepak Patel",
        "#support-tier-2",
        "Monday to Friday 8:00 to 18:00",
        "Write what you have tried into the hand-over note.",
        "Engineering",
    ),
    ContactPlan(
        "Tier 1",
        "Mike Chen",
        "#support",
        "Monday to Friday 8:00 to 18:00",
        "Look for an open ticket of the same customer first.",
        "Tier 2",
    ),
)


@transaction.atomic
def found_standby(staff: Mapping[str, User], *, now: datetime) -> None:
    """A rota, a stand-in of next week and the directory; nothing where there is a schedule."""
    if OnCallSchedule.objects.exists():
        return
    began = now.astimezone(ZoneInfo(company.ZONE)).date() - timedelta(weeks=WEEKS)
    schedule = OnCallSchedule.objects.create(
        name=SCHEDULE,
        department=Department.objects.get(slug="technical"),
        time_zone=company.ZONE,
        starts_on=began,
    )
    owner = staff["Lisa Rodriguez"]
    for name, level, names in LEVELS:
        role = OnCallRole(schedule=schedule, name=name, level=level)
        people = [staff[person] for person in names]
        # Since the first week, so that the past knows who was called.
        seat_people(role, people=people, actor=owner, now=now - timedelta(weeks=WEEKS))
    _arrange_stand_in(schedule, owner, now)
    _list_contacts(staff)


def _arrange_stand_in(schedule: OnCallSchedule, owner: User, now: datetime) -> None:
    """Two days in the middle of the next turn, by the colleague whose turn comes after it."""
    monday = next_handover(plan_of(schedule, starts_at=now), now)
    if monday is None:
        return
    role = schedule.roles.get(name=STANDS_IN_FOR)
    colleague = on_call(role, monday + timedelta(days=8))
    if colleague is None:
        return
    starts_at, ends_at = monday + timedelta(days=2), monday + timedelta(days=4)
    add_override(role, user=colleague, starts_at=starts_at, ends_at=ends_at, actor=owner, now=now)


def _list_contacts(staff: Mapping[str, User]) -> None:
    known: dict[str, Contact] = {}
    numbers = {plan.name: number for number, plan in enumerate(company.STAFF, start=1)}
    for position, plan in enumerate(CONTACTS):
        known[plan.tier] = Contact.objects.create(
            tier=plan.tier,
            user=staff[plan.person],
            phone=PHONE.format(numbers[plan.person]),
            slack_channel=plan.slack,
            availability=plan.hours,
            instructions=plan.instructions,
            next_contact=known.get(plan.next_tier),
            position=(len(CONTACTS) - position) * 10,
        )
