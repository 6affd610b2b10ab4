"""Settings tables of this floor: departments, teams, skills and roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.actions import RefusedByRole, hand_on_skill, move_people
from accounts.forms import DepartmentForm, RoleForm
from accounts.models import Department, Role, Skill, Team, User
from accounts.models.role import Permission
from accounts.team_forms import SkillForm, TeamForm
from core.crud import ManagedTable
from core.memo import forget_all
from core.table_actions import MustStay


def _departments() -> QuerySet[Department]:
    return Department.objects.select_related("calendar").prefetch_related("addresses", "members")


def _teams() -> QuerySet[Team]:
    return Team.objects.select_related("lead__role").prefetch_related("members__role")


def _move_skill(old: Skill, new: Skill, *, actor: User, now: datetime) -> None:
    hand_on_skill(old, to=new, now=now)


def _why_keep_department(row: Department) -> str:
    return _t("It takes mail for unknown addresses.") if row.is_default else ""


def _why_keep_role(row: Role) -> str:
    return _t("It came with the product.") if row.is_shipped else ""


def _forget(row: Any, *, actor: Any, now: datetime) -> None:
    forget_all()


def _move_people(old: Role, new: Role, *, actor: User, now: datetime) -> None:
    try:
        move_people(old, to=new, actor=actor)
    except RefusedByRole as refusal:
        raise MustStay(str(refusal)) from refusal


departments = ManagedTable(
    model=Department,
    form_class=DepartmentForm,
    url_prefix="admin/departments",
    url_name="departments",
    title=_("Departments"),
    purpose=_("Support areas, each with its own mail addresses and people."),
    add_label=_("Add department"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Addresses"), lambda row: ", ".join(a.email for a in row.addresses.all())),
        (_("Business hours"), lambda row: row.calendar or ""),
        (_("Who responds"), lambda row: ", ".join(u.display_name for u in row.members.all())),
    ],
    ordering="position",
    archived="archived_at",
    rows=_departments,
    kept_because=_why_keep_department,
    on_saved=_forget,
)
teams = ManagedTable(
    model=Team,
    form_class=TeamForm,
    url_prefix="admin/teams",
    url_name="teams",
    title=_("Teams"),
    purpose=_("People who take over together when a ticket is escalated."),
    add_label=_("Add team"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Tier"), lambda row: row.get_tier_display()),
        (_("Lead"), lambda row: row.lead or ""),
        (_("Members"), lambda row: ", ".join(u.display_name for u in row.members.all())),
    ],
    ordering="position",
    archived="archived_at",
    permission=Permission.STAFF_CHANGE,
    rows=_teams,
)
skills = ManagedTable(
    model=Skill,
    form_class=SkillForm,
    url_prefix="admin/skills",
    url_name="skills",
    title=_("Skills"),
    purpose=_("What tickets may need and people know; rules match one to the other."),
    add_label=_("Add skill"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Who has it"), lambda row: ", ".join(u.display_name for u in row.people.all())),
    ],
    ordering="position",
    archived="archived_at",
    permission=Permission.STAFF_CHANGE,
    rows=lambda: Skill.objects.prefetch_related(Prefetch("people", User.objects.staff())),
    replace=_move_skill,
)
roles = ManagedTable(
    model=Role,
    form_class=RoleForm,
    url_prefix="admin/roles",
    url_name="roles",
    title=_("Roles"),
    purpose=_("What groups of people may do."),
    add_label=_("Add role"),
    columns=[(_("Name"), lambda row: row.name)],
    ordering="position",
    permission=Permission.STAFF_CHANGE,
    rows=lambda: Role.objects.filter(is_owner=False),
    kept_because=_why_keep_role,
    replace=_move_people,
)
# The list of roles is the matrix of `views.roles`; the table brings the other pages.
role_pages = [page for page in roles.urls() if page.name != roles.url_name]
