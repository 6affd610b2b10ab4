"""Addresses of the rules."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from automation.on_call.urls import urlpatterns as on_call_pages

urlpatterns: list[URLPattern | URLResolver] = [*on_call_pages]
