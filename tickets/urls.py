"""Addresses of the ticket domain; the pages of tickets live in desk and portal."""

from __future__ import annotations

from django.urls import include, path

from tickets import predefined_pages, tables, views, warranty_pages
from tickets.custom_fields import tables as custom_fields
from tickets.task_templates import task_templates

own_patterns = [
    path("attachments/<uuid:pk>/<str:name>", views.attachment, name="attachment"),
]
urlpatterns = [
    path("", include((own_patterns, "tickets"))),
    *tables.statuses.urls(),
    *tables.priorities.urls(),
    *tables.services.urls(),
    *predefined_pages.urls(),
    *predefined_pages.article_sentence.urls(),
    *custom_fields.urlpatterns,
    *task_templates.urls(),
    *warranty_pages.settings_page.urls(),
]
