"""Rules, agents and tickets for a drill, made inside its own database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress

from accounts.actions.departments import set_members
from accounts.models import Department, Role, User
from automation.assigning.pool import seat_members
from automation.models import AgentSeat, Rule
from automation.versions import publish
from core import clock
from tests.drills.timers import opened

__all__ = ["crew", "unanswered_tickets", "waiting_tickets"]
MANY = 30_000


def crew(count: int) -> None:
    """So many agents in the department, each with room for all tickets; the first one leads."""
    department, role = Department.objects.get(), Role.objects.get(slug="agent")
    people = [
        User.objects.create_user(
            f"agent{number}@company.example", name=f"Agent {number}", role=role
        )
        for number in range(count)
    ]
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in people
    )
    set_members(department, members=people)
    Department.objects.filter(pk=department.pk).update(lead=people[0])
    seat_members(department.pk)
    AgentSeat.objects.update(hard_cap=MANY, push_below=MANY)


def waiting_tickets(count: int) -> None:
    """Tickets for whom a routing rule asks for an agent in turn."""
    rule("routing", {"effect": "assign_by", "method": "round_robin"})
    for _number in range(count):
        opened(clock.now())


def unanswered_tickets(count: int) -> None:
    """Tickets of yesterday; then a rule that tells, flags and tags what waits longer than 4 h."""
    for _number in range(count):
        opened(clock.now() - timedelta(days=1))
    rule(
        "escalation",
        {"effect": "flag_escalated", "level": 2},
        {"effect": "add_tags", "tags": ["late"]},
        {"effect": "notify", "to": ["lead"]},
        trigger="unanswered_for",
        trigger_args={"amount": 4, "unit": "hours"},
        level=2,
    )


def rule(kind: str, *effects: dict[str, Any], **fields: Any) -> None:
    """A rule in force."""
    Rule.objects.create(kind=kind, name=f"Drill {kind}", effects=list(effects), **fields)
    publish(kind, actor=None, now=clock.now())
