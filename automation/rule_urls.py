"""Addresses of the rules, their versions, presets, conflicts and their log."""

from __future__ import annotations

from django.urls import URLPattern, path

from automation import tables
from automation.views import logs, presets, versions

_VERSIONS = "admin/rules/<slug:kind>/versions"

urlpatterns: list[URLPattern] = [
    path("admin/rules/conflicts", versions.conflicts, name="rule_conflicts"),
    path("admin/rules/presets", presets.show, name="rule_presets"),
    path("admin/rules/presets/<slug:slug>", presets.take_over, name="rule_preset"),
    path(_VERSIONS, versions.show, name="rule_versions"),
    path(f"{_VERSIONS}/<int:pk>/restoration", versions.restoration, name="rule_restoration"),
    path("admin/logs/assignment", logs.runs, name="rule_runs"),
    path("admin/logs/assignment/<int:pk>", logs.run, name="rule_run"),
    *(page for table in tables.ALL.values() for page in table.urls()),
]
