"""The two floors."""

from __future__ import annotations

from django.urls import path

from bench.floor import views

urlpatterns = [path("tight", views.tight), path("idiomatic", views.idiomatic)]
