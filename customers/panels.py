"""What this floor adds to the settings, to used-by counts and to verify."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import registries
from core.registries import NavItem, Usage
from customers import verify
from customers.actions import imports as _imports  # noqa: F401 -- registers the job of a file
from customers.actions.lookups import ask_due
from customers.connectors import connectors
from customers.connectors.erpnext import Erpnext
from customers.models import Asset, CrmRecord, Customer, Organisation


def customers_of_organisations(pks: list[Any]) -> dict[Any, int]:
    """How many customers belong to each."""
    rows = Customer.objects.active().filter(organisation__in=pks).order_by()
    return dict(rows.values_list("organisation").annotate(count=Count("pk")))


def holders_of_tiers(pks: list[Any]) -> dict[Any, int]:
    """How many customers and organisations have each."""
    return Counter(
        [
            *Customer.objects.active().filter(tier__in=pks).values_list("tier_id", flat=True),
            *Organisation.objects.filter(tier__in=pks).values_list("tier_id", flat=True),
        ]
    )


def assets_of_products(pks: list[Any]) -> dict[Any, int]:
    """How many pieces are entered of each."""
    rows = Asset.objects.filter(product__in=pks).order_by()
    return dict(rows.values_list("product").annotate(count=Count("pk")))


def _asset_words(count: int) -> str:
    return ngettext("%(n)s asset", "%(n)s assets", count) % {"n": count}


def records_of_organisations(pks: list[Any]) -> dict[Any, int]:
    """How many records of other systems belong to each."""
    rows = CrmRecord.objects.filter(organisation__in=pks).order_by()
    return dict(rows.values_list("organisation").annotate(count=Count("pk")))


def _record_words(count: int) -> str:
    return ngettext("%(n)s record", "%(n)s records", count) % {"n": count}


def _customer_words(count: int) -> str:
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": count}


def _holder_words(count: int) -> str:
    words = ngettext("%(n)s customer or organisation", "%(n)s customers and organisations", count)
    return words % {"n": count}


def _settings_link(label: Any, url_name: str, icon: str, permission: str, order: int) -> None:
    link = NavItem(label, url_name, icon, permission, order, "settings", group=_("Customers"))
    registries.nav.register(url_name, link)


_settings_link(_("Organisations"), "organisations", "building-2", "customers.change", 40)
_settings_link(_("Tiers"), "tiers", "crown", "settings.change", 41)
_settings_link(_("CRM"), "crm", "receipt", "settings.change", 42)
registries.usage_counts.register(
    "customers.organisation",
    Usage("customers.organisation", customers_of_organisations, _customer_words),
)
registries.usage_counts.register(
    "customers.tier", Usage("customers.tier", holders_of_tiers, _holder_words)
)
_settings_link(_("Products"), "products", "package", "settings.change", 44)
_settings_link(_("Service contracts"), "service_contracts", "receipt", "settings.change", 45)
registries.usage_counts.register(
    "customers.product", Usage("customers.product", assets_of_products, _asset_words)
)
registries.usage_counts.register(
    "customers.records",
    Usage("customers.organisation", records_of_organisations, _record_words),
)
registries.sweeps.register("customers.lookups", ask_due)
connectors.register("erpnext", Erpnext)
registries.verify_checks.register("customers.addresses", verify.check_addresses)
registries.verify_checks.register("customers.merged", verify.check_merged)
registries.verify_checks.register("customers.accounts", verify.check_accounts)
registries.audit_labels.register("merged", _("merged"))
registries.audit_labels.register("records_taken", _("took in records"))
registries.audit_labels.register("records_dropped", _("dropped records"))
registries.audit_labels.register("import_started", _("started an import"))
registries.audit_labels.register("records_exported", _("exported records"))
registries.audit_labels.register("customer_note_added", _("added a note"))
