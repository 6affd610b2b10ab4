"""Addresses of the customers' surface."""

from __future__ import annotations

from django.urls import path

from portal.views import guests, home, requests

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("clients/open_ticket", requests.open_request, name="open_request"),
    path("clients/tickets", requests.requests, name="requests"),
    path("clients/ticket/<uuid:public_id>", requests.one_request, name="request"),
    path("clients/ticket/<uuid:public_id>/news", requests.news, name="news"),
    path("clients/ticket/<uuid:public_id>/closure", requests.closure, name="closure"),
    path(
        "clients/ticket/<uuid:public_id>/closure/removal",
        requests.closure_removal,
        name="closure_removal",
    ),
    path("clients/profile", home.profile, name="profile"),
    path("clients/company", home.company, name="company"),
    path("forms/ticket", guests.contact, name="contact"),
    path("forms/ticket/received/<str:receipt>", guests.received, name="received"),
    path("t/<str:token>", guests.guest, name="guest"),
    path("t/<str:token>/renewal", guests.guest_renewal, name="guest_renewal"),
]
