"""Addresses of the customers' surface (screens.md 12)."""

from __future__ import annotations

from django.urls import include, path

from portal.settings import page
from portal.viewing import read_only
from portal.views import fields, guests, home, requests, viewing

own_patterns = [
    path("", home.home, name="home"),
    path("clients/open_ticket", requests.open_request, name="open_request"),
    path("clients/tickets", requests.requests, name="requests"),
    path("clients/ticket/<uuid:public_id>", requests.one_request, name="request"),
    path("clients/ticket/<uuid:public_id>/pulse", requests.pulse, name="pulse"),
    path("clients/ticket/<uuid:public_id>/closure", requests.closure, name="closure"),
    path("clients/ticket/<uuid:public_id>/closure/removal", requests.reopening, name="reopening"),
    path("clients/ticket/<uuid:public_id>/fields", fields.answers, name="answers"),
    path("clients/profile", home.profile, name="profile"),
    path("clients/company", home.company, name="company"),
    path("forms/ticket", guests.contact, name="contact"),
    path("forms/ticket/fields", fields.request_fields, name="request_fields"),
    path("forms/ticket/receipt/<str:sealed>", guests.receipt, name="receipt"),
    path("t/<str:token>", guests.guest, name="guest"),
    path("t/<str:token>/renewal", guests.guest_renewal, name="guest_renewal"),
]
for pattern in own_patterns:
    pattern.callback = read_only(pattern.callback)
own_patterns += [
    path("clients/viewing/<int:pk>", viewing.viewing, name="viewing"),
    path("clients/viewing/removal", viewing.viewing_removal, name="viewing_removal"),
]
urlpatterns = [path("", include((own_patterns, "portal"))), *page.urls()]
