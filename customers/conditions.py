"""What conditions may ask about whoever wrote: the customer, the organisation, the tier.

Queries are over rows with a `customer`, such as tickets. `customer_facts` are those that policies
keep with a ticket, `requester_facts` all the others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import ceil, floor
from typing import Any, Final

from django.db.models import Exists, Q
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.conditions import (
    FieldSpec,
    column,
    computed,
    fields,
    is_id,
    names_of_rows,
    text_column,
)
from core.memo import remembered
from customers.models import CrmRecord, Customer, Organisation, Tier
from customers.models.records import CrmRecordQuerySet
from customers.records import whose


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


def requester_facts(customer: Customer, *, now: datetime) -> dict[str, Any]:
    """What else is known of the customer at `now`."""
    organisation = customer.organisation
    agent = customer.dedicated_agent_id or (organisation and organisation.dedicated_agent_id)
    spend = customer.effective_spend
    return {
        "requester_role": customer.role,
        "monthly_spend": None if spend is None else float(spend),
        "account_age_days": (now - customer.created_at).days,
        "customer_language": customer.language,
        "dedicated_agent": agent or None,
        "customer_attributes": [f"{name}={said}" for name, said in customer.attributes.items()],
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


def _age(op: str, value: Any, now: datetime) -> Q:
    """Whole days since the customer was first seen; an age moves, the day of birth does not."""
    if op == "is_not":
        return ~_age("is", value, now)
    if op == "is_empty":
        return Q(pk__in=[])
    born = "customer__created_at"
    if op == "greater":
        return Q(**{f"{born}__lte": _days_before(now, floor(value) + 1)})
    if op == "less":
        return Q(**{f"{born}__gt": _days_before(now, ceil(value))})
    is_older, is_younger = _age("greater", value - 1, now), _age("less", value + 1, now)
    return is_older & is_younger if value == int(value) else Q(pk__in=[])


def _days_before(now: datetime, days: int) -> datetime:
    # Beyond this nobody was born, and no calendar goes.
    return now - timedelta(days=min(max(days, -_MOST_DAYS), _MOST_DAYS))


def _inherited(name: str) -> Callable[[], Coalesce]:
    """The customer's own, else the organisation's."""
    return lambda: Coalesce(f"customer__{name}", f"customer__organisation__{name}")


@remembered()
def staff_choices() -> list[tuple[Any, str]]:
    """Everybody of the staff, by name."""
    return [(user.pk, str(user)) for user in User.objects.staff().order_by("name")]


def _tier(op: str, value: Any) -> Q:
    """The own tier, else the organisation's; see `Customer.effective_tier`."""
    if op == "is_not":
        return ~_tier("is", value)
    own, inherited = column("customer__tier"), column("customer__organisation__tier")
    if op == "is_empty":
        return own(op, value) & inherited(op, value)
    return own(op, value) | (Q(customer__tier=None) & inherited(op, value))


def _recorded(records: Callable[[date], CrmRecordQuerySet]) -> Callable[..., Q]:
    """Whether the customer, or the organisation, has such a record today."""

    def asked(_op: str, value: Any, now: datetime) -> Q:
        has = Q(Exists(records(localdate(now)).filter(whose()).order_by()))
        return has if value else ~has

    return asked


_GROUP: Final = _("Customer")
_MOST_DAYS: Final = 700_000

fields.register(
    "customer",
    FieldSpec(
        key="customer",
        group=_GROUP,
        label=_("Customer"),
        kind="choice",
        query=column("customer"),
        names=_customer_names,
        lookup=CustomerByAddress(),
    ),
)
fields.register(
    "customer_vip",
    FieldSpec(
        key="customer_vip",
        group=_GROUP,
        label=_("VIP"),
        kind="bool",
        query=column("customer__is_vip"),
    ),
)
fields.register(
    "organisation",
    FieldSpec(
        key="organisation",
        group=_GROUP,
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
        group=_GROUP,
        label=_("Tier"),
        kind="choice",
        choices=_tiers,
        query=_tier,
        names=names_of_rows(Tier.objects.all),
    ),
)
fields.register(
    "requester_role",
    FieldSpec(
        key="requester_role",
        group=_GROUP,
        label=_("Customer's role"),
        kind="text",
        query=text_column("customer__role"),
    ),
)
fields.register(
    "monthly_spend",
    FieldSpec(
        key="monthly_spend",
        group=_GROUP,
        label=_("Monthly spend in USD"),
        kind="number",
        query=computed(_inherited("monthly_spend")),
    ),
)
fields.register(
    "account_age_days",
    FieldSpec(
        key="account_age_days",
        group=_GROUP,
        label=_("Days since the customer's first contact"),
        kind="number",
        query_at=_age,
    ),
)
fields.register(
    "customer_language",
    FieldSpec(
        key="customer_language",
        group=_GROUP,
        label=_("Customer's language, a code such as de"),
        kind="text",
        query=text_column("customer__language"),
    ),
)
fields.register(
    "dedicated_agent",
    FieldSpec(
        key="dedicated_agent",
        group=_GROUP,
        label=_("Dedicated agent"),
        kind="choice",
        choices=staff_choices,
        query=computed(_inherited("dedicated_agent")),
        names=names_of_rows(User.objects.staff),
    ),
)
fields.register(
    "customer_attributes",
    FieldSpec(
        key="customer_attributes",
        group=_GROUP,
        label=_("Further facts of the customer"),
        kind="set",
        hint=_("Such as plan=gold, separated by commas"),
    ),
)
fields.register(
    "has_overdue_invoice",
    FieldSpec(
        key="has_overdue_invoice",
        group=_GROUP,
        label=_("Has an overdue invoice"),
        kind="bool",
        query_at=_recorded(CrmRecord.objects.overdue),
    ),
)
fields.register(
    "open_opportunity",
    FieldSpec(
        key="open_opportunity",
        group=_GROUP,
        label=_("Has an open opportunity"),
        kind="bool",
        query_at=_recorded(lambda _on: CrmRecord.objects.open_opportunities()),
    ),
)
