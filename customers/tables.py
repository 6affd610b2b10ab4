"""Settings tables of this floor: organisations and tiers."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.crud import ManagedTable
from customers.forms import OrganisationForm, TierForm
from customers.models import Organisation, Tier


def _organisations() -> QuerySet[Organisation]:
    return Organisation.objects.select_related("tier").prefetch_related("domains").order_by("name")


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
        (_("Shares requests"), lambda row: _("Yes") if row.shares_tickets else _("No")),
    ],
    permission="customers.change",
    rows=_organisations,
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
)
