"""Settings tables of this floor: departments and roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import DepartmentForm, RoleForm
from accounts.models import Department, Role
from accounts.models.role import Permission
from core.crud import ManagedTable
from core.memo import forget_all


def _departments() -> QuerySet[Department]:
    return Department.objects.prefetch_related("addresses", "members")


def _why_keep_department(row: Department) -> str:
    return _t("It takes mail for unknown addresses.") if row.is_default else ""


def _why_keep_role(row: Role) -> str:
    return _t("It came with the product.") if row.is_shipped else ""


def _forget(row: Any, *, actor: Any, now: datetime) -> None:
    forget_all()


def _permission_words(row: Role) -> str:
    if row.is_owner:
        return _t("Everything")
    labels = dict(Permission.choices)
    return ", ".join(str(labels[code]) for code in row.permissions) or _t("Own requests only")


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
        (_("Who responds"), lambda row: ", ".join(u.display_name for u in row.members.all())),
    ],
    ordering="position",
    archived="archived_at",
    rows=_departments,
    kept_because=_why_keep_department,
    on_saved=_forget,
)
roles = ManagedTable(
    model=Role,
    form_class=RoleForm,
    url_prefix="admin/roles",
    url_name="roles",
    title=_("Roles"),
    purpose=_("What groups of people may do."),
    add_label=_("Add role"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("May"), _permission_words),
        (_("People"), lambda row: row.users.filter(is_active=True).count()),
    ],
    ordering="position",
    permission=Permission.STAFF_CHANGE,
    rows=lambda: Role.objects.filter(is_owner=False),
    kept_because=_why_keep_role,
)
