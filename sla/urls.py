"""Addresses of the rules about deadlines."""

from __future__ import annotations

from django.urls import path

from sla import tables, what_if_urls
from sla.views import presets, simulator

urlpatterns = [
    path("admin/sla/presets", presets.choose, name="sla_presets"),
    path("admin/sla/presets/<slug:slug>", presets.confirm, name="sla_preset"),
    path("admin/sla/simulator", simulator.show, name="sla_simulator"),
    *tables.queues.urls(),
    *tables.exclusions.urls(),
    *tables.policies.urls(),
    *what_if_urls.urlpatterns,
]
