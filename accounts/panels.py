"""What this floor adds to the shell, the settings and the audit log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import company, departments, matrix, people, verify
from accounts.models.role import Permission
from core import options, registries
from core.registries import NavItem, Usage


def _settings_link(label: Any, url_name: str, icon: str, permission: str, order: int) -> None:
    link = NavItem(label, url_name, icon, permission, order, "settings", group=_("People"))
    registries.nav.register(url_name, link)


def _department_words(count: int) -> str:
    return ngettext("%(n)s department", "%(n)s departments", count) % {"n": count}


def _role_words(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": count}


_settings_link(_("Company"), company.page.url_name, "house", Permission.SETTINGS_CHANGE, 5)
_settings_link(_("Departments"), "departments", "building-2", Permission.SETTINGS_CHANGE, 10)
_settings_link(_("Staff"), "accounts:staff", "users", Permission.STAFF_CHANGE, 12)
_settings_link(_("Teams"), "teams", "layers", Permission.STAFF_CHANGE, 13)
_settings_link(_("Skills"), "skills", "star", Permission.STAFF_CHANGE, 13)
_settings_link(_("Roles"), "roles", "shield-check", Permission.STAFF_CHANGE, 14)
registries.shell_facts.register("company", lambda _request: options.value("accounts.company_name"))
registries.usage_counts.register(
    "accounts.people", Usage("accounts.role", matrix.holders, _role_words)
)
registries.usage_counts.register(
    "accounts.skills", Usage("accounts.skill", people.by_skill, _role_words)
)
registries.usage_counts.register(
    "accounts.shift_calendars",
    Usage("calendars.businesscalendar", people.by_shift_calendar, _role_words),
)
registries.usage_counts.register(
    "accounts.department_calendars",
    Usage("calendars.businesscalendar", departments.by_calendar, _department_words),
)
registries.verify_checks.register("accounts.mailboxes", verify.check_mailboxes)
registries.verify_checks.register("accounts.default", verify.check_default)
for verb, label in (
    ("invited", _("invited")),
    ("invitation_withdrawn", _("withdrew an invitation")),
    ("invitation_accepted", _("accepted an invitation")),
    ("owner_created", _("became the first owner")),
    ("deactivated", _("locked out")),
    ("activated", _("let in again")),
    ("unlocked", _("forgave wrong passwords")),
    ("availability_changed", _("changed the availability")),
    ("sms_opted_out", _("refused text messages")),
    ("sms_opted_in", _("allowed text messages")),
    ("signed_in", _("signed in")),
    ("signed_out", _("signed out")),
    ("password_changed", _("changed the password")),
    ("second_factor_added", _("added a second factor")),
    ("second_factor_removed", _("removed a second factor")),
):
    registries.audit_labels.register(verb, label)
