"""Who leads whom at the demo company, who knows what, and who takes over (R75, R112)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Department, Skill, Team, User
from helpdesk.demo import company


@dataclass(frozen=True)
class TeamPlan:
    """A team, its lead first."""

    name: str
    tier: str
    members: tuple[str, ...]
    department: str = ""


TEAMS = (
    TeamPlan("Tier 1", "tier1", ("Mike Chen", "Emma Davis", "Tom Wilson", "Anna Schmidt")),
    TeamPlan(
        "Tier 2",
        "tier2",
        ("Deepak Patel", "Priya Singh", "Carlos Mendez", "Nina Volkov"),
        "technical",
    ),
    TeamPlan("Engineering", "engineering", ("Raj Kumar", "Anna Schmidt"), "technical"),
    TeamPlan("Support leadership", "leadership", ("Sarah Johnson", "Lisa Rodriguez")),
)
SKILLS = (
    ("API & Integrations", ("Deepak Patel", "Priya Singh")),
    ("UI/UX Issues", ("Tom Wilson", "Emma Davis")),
    ("Data & Import", ("Carlos Mendez", "Nina Volkov")),
    ("Performance", ("Raj Kumar", "Anna Schmidt")),
)
OWNER, MANAGER = "Lisa Rodriguez", "Sarah Johnson"
REPORTS = {MANAGER: OWNER, "Priya Singh": "Deepak Patel", "Anna Schmidt": "Raj Kumar"}
SENIORS = frozenset({"Mike Chen", "Deepak Patel", "Nina Volkov"})
# Berlin numbers kept free for fiction.
PHONE = "+49302312500{:02}"


@transaction.atomic
def found_teams(staff: dict[str, User]) -> None:
    """Insert what is missing; whoever has a manager already stays as they are."""
    for position, plan in enumerate(TEAMS, start=1):
        _team(plan, position, staff)
    for position, (name, people) in enumerate(SKILLS, start=1):
        skill, is_new = Skill.objects.get_or_create(name=name, defaults={"position": position * 10})
        if is_new:
            skill.people.set(staff[person] for person in people)
    _managers(staff)


def _team(plan: TeamPlan, position: int, staff: dict[str, User]) -> None:
    people = [staff[name] for name in plan.members]
    team, is_new = Team.objects.get_or_create(
        name=plan.name,
        defaults={
            "tier": plan.tier,
            "lead": people[0],
            "department": Department.objects.filter(slug=plan.department).first(),
            "position": position * 10,
        },
    )
    if is_new:
        team.members.set(people)


def _managers(staff: dict[str, User]) -> None:
    new = [
        (number, plan.name)
        for number, plan in enumerate(company.STAFF, start=1)
        if plan.name != OWNER and staff[plan.name].manager_id is None
    ]
    for number, name in new:
        user = staff[name]
        user.manager = staff[REPORTS.get(name, MANAGER)]
        user.is_senior = name in SENIORS
        user.phone = PHONE.format(number)
    people = [staff[name] for _number, name in new]
    User.objects.bulk_update(people, ["manager", "is_senior", "phone"])
