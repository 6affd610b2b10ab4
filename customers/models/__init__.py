"""Customers and their organisations."""

from customers.models.assets import Asset, Product, ServiceContract
from customers.models.crm import CrmConnection, CrmImport, CrmLookup
from customers.models.customer import Customer, CustomerAddress
from customers.models.note import CustomerNote
from customers.models.organisation import Organisation, OrganisationDomain, Tier
from customers.models.records import CrmRecord

__all__ = [
    "Asset",
    "CrmConnection",
    "CrmImport",
    "CrmLookup",
    "CrmRecord",
    "Customer",
    "CustomerAddress",
    "CustomerNote",
    "Organisation",
    "OrganisationDomain",
    "Product",
    "ServiceContract",
    "Tier",
]
