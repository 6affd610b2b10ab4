"""Customers and organisations."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.registries import NavItem, nav

        for order, (label, url_name, icon, permission) in enumerate(
            (
                (_("Organisations"), "organisations", "building-2", "customers.change"),
                (_("Tiers"), "tiers", "crown", "settings.change"),
            )
        ):
            nav.register(
                url_name,
                NavItem(
                    label, url_name, icon, permission, 40 + order, "settings", group=_("Customers")
                ),
            )
