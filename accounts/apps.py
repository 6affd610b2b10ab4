"""People, roles and departments."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import signals  # noqa: F401
        from core import options
        from core.registries import NavItem, nav, shell_facts

        def item(label: Any, url_name: str, icon: str, permission: str, order: int) -> None:
            entry = NavItem(label, url_name, icon, permission, order, "settings", group=_("People"))
            nav.register(url_name, entry)

        item(_("Departments"), "departments", "building-2", "settings.change", 10)
        item(_("Staff"), "accounts:staff", "users", "staff.change", 20)
        item(_("Roles"), "roles", "shield-check", "staff.change", 30)
        shell_facts.register("company", lambda _request: options.value("accounts.company_name"))
