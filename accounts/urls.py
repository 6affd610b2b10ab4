"""Addresses of people: sign-in by allauth underneath."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("authentication/", include("allauth.account.urls")),
    path("authentication/two_factor/", include("allauth.mfa.urls")),
    path("authentication/sessions/", include("allauth.usersessions.urls")),
]
