"""Addresses of customers' settings; lists and files of customers are the desk's."""

from __future__ import annotations

from django.urls import path

from customers import crm_pages, crm_tables, tables

_crm = [
    *crm_tables.connections.urls(),
    path("admin/crm/<int:pk>/test", crm_pages.connection_test, name="crm_test"),
    path("admin/crm/import", crm_pages.import_start, name="crm_import"),
    path("admin/crm/import/template", crm_pages.import_template, name="crm_import_template"),
    path("admin/crm/import/<int:pk>", crm_pages.import_file, name="crm_import_file"),
    path("admin/crm/export", crm_pages.export, name="crm_export"),
]
urlpatterns = [
    *_crm,
    *tables.organisations.urls(),
    *tables.tiers.urls(),
    *tables.products.urls(),
    *tables.service_contracts.urls(),
]
