"""Addresses of the ground floor."""

from __future__ import annotations

from django.urls import path

from core import health, theme

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("theme.<slug:digest>.css", theme.theme, name="theme"),
]
