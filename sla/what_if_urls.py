"""Addresses of the what-if and of the versions of the rules."""

from __future__ import annotations

from django.urls import path

from sla.views import versions, what_if

urlpatterns = [
    path("admin/sla/what-if", what_if.choose, name="sla_what_if"),
    path("admin/sla/what-if/policy", what_if.try_policy, name="sla_try_new_policy"),
    path("admin/sla/what-if/<int:pk>", what_if.run, name="sla_what_if_run"),
    path("admin/sla/what-if/<int:pk>/again", what_if.again, name="sla_what_if_again"),
    path("admin/sla/<int:pk>/what-if", what_if.try_policy, name="sla_try_policy"),
    path("admin/sla/versions", versions.show, name="sla_versions"),
    path("admin/sla/versions/<int:pk>/restoration", versions.restoration, name="sla_restoration"),
    path("admin/calendars/<int:pk>/what-if", what_if.try_calendar, name="sla_try_calendar"),
]
