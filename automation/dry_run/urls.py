"""Addresses of the test page of rules."""

from __future__ import annotations

from django.urls import path

from automation.views import dry_run

urlpatterns = [
    path("admin/routing/test", dry_run.choose, name="rules_test"),
    path("admin/routing/test/mail", dry_run.mail, name="rules_test_mail"),
    path("admin/routing/test/ticket", dry_run.ticket, name="rules_test_ticket"),
    path("admin/routing/test/past", dry_run.past, name="rules_test_past"),
    path("admin/routing/test/past/<int:pk>", dry_run.run, name="rules_test_run"),
]
