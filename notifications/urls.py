"""Addresses of the post office."""

from __future__ import annotations

from django.urls import include, path

from notifications.announcements import announcements
from notifications.tables import settings_page, tables
from notifications.views import deliveries, hooks, inbox, integrations, preferences

own_patterns = [
    path("admin/notifications", inbox.inbox, name="inbox"),
    path("admin/notifications/bell", inbox.bell, name="bell"),
    path("admin/notifications/reading", inbox.reading_all, name="reading_all"),
    path("admin/notifications/<int:pk>/reading", inbox.reading, name="reading"),
    path("admin/notifications/deliveries", deliveries.deliveries, name="deliveries"),
    path("admin/notifications/deliveries/<int:pk>/sending", deliveries.sending, name="sending"),
    path("admin/profile/notifications", preferences.preferences, name="preferences"),
    path("admin/integrations/<int:pk>/test", integrations.test, name="test"),
    path(
        "admin/integrations/<int:pk>/previous_key/removal",
        integrations.key_removal,
        name="key_removal",
    ),
]
urlpatterns = [
    path("", include((own_patterns, "notifications"))),
    path("admin/integrations", integrations.integrations, name="integrations"),
    *announcements.urls(),
    *settings_page.urls(),
    *(pattern for table in tables.values() for pattern in table.urls()),
    path("hooks/sms/<slug:slug>", hooks.sms, name="sms_hook"),
]
