"""Addresses of routing."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from automation.assigning import views
from core.option_pages import OptionPage

limits = OptionPage(
    url_prefix="admin/routing/limits",
    url_name="routing_limits",
    title=_("Limits of agents"),
    purpose=_("How many open tickets an agent has at most, where their seat says nothing else."),
    keys=("automation.assigns", "automation.push_below", "automation.hard_cap"),
)
urlpatterns: list[URLPattern] = [
    path("admin/routing", views.overview, name="routing"),
    path("admin/routing/fairness", views.report, name="routing_fairness"),
    path("admin/routing/<int:pk>", views.department, name="routing_department"),
    path("admin/routing/<int:pk>/seats", views.seats, name="routing_seats"),
    path("admin/routing/<int:pk>/attempt", views.attempt, name="routing_attempt"),
    *limits.urls(),
]
