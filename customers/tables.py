"""Settings tables of this floor: organisations and tiers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.crud import ManagedTable
from customers.actions import adopt_customers, move_customers, move_tier
from customers.asset_forms import ProductForm, ServiceContractForm
from customers.forms import OrganisationForm, TierForm
from customers.models import Organisation, Product, ServiceContract, Tier


def _organisations() -> QuerySet[Organisation]:
    return (
        Organisation.objects.select_related("tier", "dedicated_agent")
        .prefetch_related("domains")
        .order_by("name")
    )


def _adopt(row: Organisation, *, actor: Any, now: datetime) -> None:
    adopt_customers(row)


def _move_customers(old: Organisation, new: Organisation, *, actor: Any, now: datetime) -> None:
    move_customers(old, to=new)


def _move_tier(old: Tier, new: Tier, *, actor: Any, now: datetime) -> None:
    move_tier(old, to=new)


organisations = ManagedTable(
    model=Organisation,
    form_class=OrganisationForm,
    url_prefix="admin/organizations",
    url_name="organisations",
    title=_("Organisations"),
    purpose=_("Companies your customers belong to."),
    add_label=_("Add organisation"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Domains"), lambda row: ", ".join(d.domain for d in row.domains.all())),
        (_("Tier"), lambda row: row.tier or ""),
        (_("Dedicated agent"), lambda row: row.dedicated_agent or ""),
        (_("Shares requests"), lambda row: _("Yes") if row.shares_tickets else _("No")),
    ],
    permission="customers.change",
    rows=_organisations,
    replace=_move_customers,
    on_saved=_adopt,
)
tiers = ManagedTable(
    model=Tier,
    form_class=TierForm,
    url_prefix="admin/tiers",
    url_name="tiers",
    title=_("Tiers"),
    purpose=_("Levels of service customers pay for."),
    add_label=_("Add tier"),
    columns=[(_("Name"), lambda row: row.name), (_("Rank"), lambda row: row.rank)],
    replace=_move_tier,
)


def _contracts() -> QuerySet[ServiceContract]:
    rows = ServiceContract.objects.select_related("customer", "organisation")
    return rows.annotate(pieces=Count("assets")).order_by("ends_on", "pk")


products = ManagedTable(
    model=Product,
    form_class=ProductForm,
    url_prefix="admin/products",
    url_name="products",
    title=_("Products"),
    purpose=_("What you stand in for, and for how long."),
    add_label=_("Add product"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Article number"), lambda row: row.sku),
        (_("Months of warranty"), lambda row: row.warranty_months),
    ],
    archived="archived_at",
)
service_contracts = ManagedTable(
    model=ServiceContract,
    form_class=ServiceContractForm,
    url_prefix="admin/service_contracts",
    url_name="service_contracts",
    title=_("Service contracts"),
    purpose=_("Maintenance by the year: AMC covers the work, CMC the parts as well."),
    add_label=_("Add contract"),
    columns=[
        (_("Number"), lambda row: row.number),
        (_("Kind"), lambda row: row.get_kind_display()),
        (_("Owner"), lambda row: row.owner_name),
        (_("Last day"), lambda row: date_format(row.ends_on, "j M Y")),
        (_("Assets"), lambda row: row.pieces),
    ],
    rows=_contracts,
    archived="archived_at",
)
