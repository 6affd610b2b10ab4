"""Addresses of the ticket domain; the pages of tickets live in desk and portal."""

from __future__ import annotations

from django.urls import path

from tickets import views

app_name = "tickets"
urlpatterns = [
    path("attachments/<uuid:pk>/<str:name>", views.attachment, name="attachment"),
]
