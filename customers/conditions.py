"""What conditions may ask about whoever wrote: the customer, the organisation, the tier.

Queries are over rows with a `customer`, such as tickets.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.conditions import FieldSpec, column, fields, is_id, names_of_rows
from core.memo import remembered
from customers.models import Customer, Organisation, Tier


class CustomerByAddress:
    """A customer by an exact mail address."""

    hint = _("The mail address")

    def find(self, text: str) -> int | None:
        """The customer with this address, whatever its case."""
        customers = Customer.objects.active().with_email(text.strip().lower())
        return customers.values_list("pk", flat=True).first()

    def unknown(self, text: str) -> str:
        return gettext("No customer has the mail address “%(text)s”. Write one they use.") % {
            "text": text
        }


class OrganisationByName:
    """An organisation by its exact name."""

    hint = _("The name of the organisation")

    def find(self, text: str) -> int | None:
        """The organisation of this name, whatever its case."""
        named = Organisation.objects.filter(name__iexact=text.strip())
        return named.order_by("pk").values_list("pk", flat=True).first()

    def unknown(self, text: str) -> str:
        return gettext(
            "No organisation is called “%(text)s”. Write the name as it stands in the list."
        ) % {"text": text}


def customer_facts(customer: Customer) -> dict[str, Any]:
    """The facts of one customer as plain values."""
    organisation = customer.organisation
    return {
        "customer": customer.pk,
        "customer_vip": customer.is_vip,
        "organisation": customer.organisation_id,
        "tier": customer.tier_id or (organisation.tier_id if organisation else None),
    }


@remembered()
def _tiers() -> list[tuple[Any, str]]:
    return [(tier.pk, tier.name) for tier in Tier.objects.all()]


def _customer_names(values: Any) -> dict[Any, str]:
    """Customers as the editor takes them: by their address."""
    return {
        pk: row.email or row.display_name
        for pk, row in Customer.objects.active().in_bulk(_ids(values)).items()
    }


def _ids(values: Any) -> list[int]:
    return [value for value in values if is_id(value)]


def _tier(op: str, value: Any) -> Q:
    """The own tier, else the organisation's; see `Customer.effective_tier`."""
    if op == "is_not":
        return ~_tier("is", value)
    own, inherited = column("customer__tier"), column("customer__organisation__tier")
    if op == "is_empty":
        return own(op, value) & inherited(op, value)
    return own(op, value) | (Q(customer__tier=None) & inherited(op, value))


fields.register(
    "customer",
    FieldSpec(
        key="customer",
        label=_("Customer"),
        kind="choice",
        query=column("customer"),
        names=_customer_names,
        lookup=CustomerByAddress(),
    ),
)
fields.register(
    "customer_vip",
    FieldSpec(key="customer_vip", label=_("VIP"), kind="bool", query=column("customer__is_vip")),
)
fields.register(
    "organisation",
    FieldSpec(
        key="organisation",
        label=_("Organisation"),
        kind="choice",
        query=column("customer__organisation"),
        names=names_of_rows(Organisation.objects.all),
        lookup=OrganisationByName(),
    ),
)
fields.register(
    "tier",
    FieldSpec(
        key="tier",
        label=_("Tier"),
        kind="choice",
        choices=_tiers,
        query=_tier,
        names=names_of_rows(Tier.objects.all),
    ),
)
