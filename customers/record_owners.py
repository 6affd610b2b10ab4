"""Whose a record is: found by address, by name, by the domain of an address or organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import CustomerAddress, Organisation, OrganisationDomain


class Owners:
    """Whose records a batch holds, asked with three statements however many there are.

    Each is told by `email`, `organisation` (its name) and `domain`; whatever is missing is empty.
    """

    def __init__(self, told: Iterable[Mapping[str, str]]) -> None:
        rows = list(told)
        emails = {row.get("email", "").lower() for row in rows} - {""}
        names = {row.get("organisation", "") for row in rows} - {""}
        domains = {_domain(row) for row in rows} - {""}
        addresses = CustomerAddress.objects.filter(kind="email", value__in=emails)
        self._customers = dict(addresses.values_list("value", "customer_id"))
        named = Organisation.objects.filter(name__in=names)
        self._organisations = dict(named.values_list("name", "pk"))
        owned = OrganisationDomain.objects.filter(domain__in=domains)
        self._domains = dict(owned.values_list("domain", "organisation_id"))

    def of(self, told: Mapping[str, str]) -> dict[str, Any]:
        """The owner as fields of a record. Raises ValidationError when nobody is found."""
        email, name = told.get("email", "").lower(), told.get("organisation", "")
        customer = self._customers.get(email)
        organisation = self._organisations.get(name) or self._domains.get(_domain(told))
        if customer is None and organisation is None:
            raise ValidationError(
                _("No customer has the address “%(email)s”, no organisation is called “%(name)s”.")
                % {"email": email, "name": name or told.get("domain", "")}
            )
        # What belongs to one person is not shown with all of their colleagues.
        return {
            "customer_id": customer,
            "organisation_id": organisation if customer is None else None,
        }


def _domain(told: Mapping[str, str]) -> str:
    """The domain that is named, else that of the address."""
    return (told.get("domain", "") or told.get("email", "").rpartition("@")[2]).lower()
