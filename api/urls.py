"""Addresses for machines, and of the pages where their keys are made."""

from __future__ import annotations

from django.urls import path

from api import gate, openapi, pages, records

_one_record = "api/v1/customers/records/<str:source>/<str:kind>/<path:external_id>"
urlpatterns = [
    path("admin/api_keys", pages.keys, name="api_keys"),
    path("admin/api_keys/add", pages.key_add, name="api_keys_add"),
    path("admin/api_keys/<int:pk>/revocation", pages.revocation, name="api_keys_revocation"),
    *pages.settings_page.urls(),
    path("api/v1/openapi.json", openapi.description, name="api_openapi"),
    path("api/v1/customers/records", records.records, name="api_records"),
    path(_one_record, records.record, name="api_record"),
    path("api/<path:rest>", gate.nowhere, name="api_nowhere"),
]
