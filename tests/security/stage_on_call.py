"""What on-call brings to the stage: a schedule with people, a page, milestones, a contact."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from accounts.models import User
from automation.models import Contact, MilestoneSet, MilestoneSpec, OnCallRole
from automation.on_call.milestones import start_milestones
from automation.on_call.paging import page
from automation.on_call.schedules import add_override
from tests.automation.on_call import make_role, make_schedule
from tickets.models import Ticket


def on_call(ticket: Ticket, *, first: User, manager: User, now: datetime) -> SimpleNamespace:
    """The agent is called for the ticket; the manager stands in next week."""
    schedule = make_schedule("Stage")
    role = make_role(schedule, "Primary", first, now=now)
    shift = add_override(
        role,
        user=manager,
        starts_at=now + timedelta(days=7),
        ends_at=now + timedelta(days=8),
        actor=manager,
        now=now,
    )
    protocol = MilestoneSet.objects.get(name="Emergency protocol")
    spare = MilestoneSet.objects.create(name="Spare")
    return SimpleNamespace(
        schedule=schedule,
        spare_schedule=make_schedule("Spare"),
        role=role,
        spare_role=OnCallRole.objects.create(schedule=schedule, name="Spare", level=9),
        shift=shift,
        page=page(ticket, cause="System down", schedule=schedule, key="stage", now=now),
        milestone=start_milestones(ticket, milestone_set=protocol, now=now)[0],
        spare_set=spare,
        spare_spec=MilestoneSpec.objects.create(milestone_set=spare, label="Spare", minutes=5),
        contact=Contact.objects.create(tier="Spare"),
    )
