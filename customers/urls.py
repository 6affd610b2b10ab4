"""Addresses of customers' settings; lists and files of customers are the desk's."""

from __future__ import annotations

from customers import tables

urlpatterns = [
    *tables.organisations.urls(),
    *tables.tiers.urls(),
    *tables.products.urls(),
    *tables.service_contracts.urls(),
]
