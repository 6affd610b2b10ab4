"""Addresses of the ticket domain; the pages of tickets live in desk and portal."""

from __future__ import annotations

from django.urls import include, path

from tickets import tables, views

own_patterns = [
    path("attachments/<uuid:pk>/<str:name>", views.attachment, name="attachment"),
]
urlpatterns = [
    path("", include((own_patterns, "tickets"))),
    *tables.statuses.urls(),
    *tables.priorities.urls(),
    *tables.services.urls(),
]
