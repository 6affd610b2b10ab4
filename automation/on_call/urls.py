"""Addresses of on-call, of milestones and of the escalation contacts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from automation.on_call import tables, views

_pages = [
    path("", views.page, name="page"),
    path("/acknowledgement", views.acknowledgement, name="acknowledgement"),
    path("/ending", views.ending, name="ending"),
]
own_patterns: list[URLPattern | URLResolver] = [
    path("admin/on_call", views.overview, name="board"),
    path("admin/on_call/log", views.log, name="log"),
    path("admin/on_call/schedules/<int:pk>/turns", views.schedule, name="schedule"),
    path("admin/on_call/schedules/<int:pk>/overrides", views.override_add, name="override_add"),
    path("admin/on_call/schedules/<int:pk>/swaps", views.swap, name="swap"),
    path(
        "admin/on_call/overrides/<int:pk>/removal", views.override_removal, name="override_removal"
    ),
    path("admin/on_call/pages/<int:pk>", include(_pages)),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((own_patterns, "on_call"))),
    *(page for table in tables.ALL for page in table.urls()),
]
