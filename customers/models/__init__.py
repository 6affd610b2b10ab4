"""Customers and their organisations."""

from customers.models.customer import Customer, CustomerAddress
from customers.models.organisation import Organisation, OrganisationDomain, Tier

__all__ = ["Customer", "CustomerAddress", "Organisation", "OrganisationDomain", "Tier"]
