"""Addresses of the rules."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from automation.assigning.urls import urlpatterns as routing_pages
from automation.dry_run.urls import urlpatterns as dry_run_pages
from automation.on_call.urls import urlpatterns as on_call_pages
from automation.rule_urls import urlpatterns as rule_pages

urlpatterns: list[URLPattern | URLResolver] = [
    *rule_pages,
    *dry_run_pages,
    *on_call_pages,
    *routing_pages,
]
