"""Addresses of calendars."""

from __future__ import annotations

from django.urls import path

from calendars import pages, tables

urlpatterns = [
    *tables.table_pages,
    path("admin/calendars/add", pages.add, name="calendars_add"),
    path("admin/calendars/<int:pk>", pages.edit, name="calendars_edit"),
    path("admin/calendars/<int:pk>/default", pages.default, name="calendars_default"),
]
