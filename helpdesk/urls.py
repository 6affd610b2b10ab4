"""The addresses of the house: each floor brings its own, the desk's first, asked most often."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("core.urls")),
    path("", include("calendars.urls")),
    path("", include("accounts.urls")),
    path("", include("customers.urls")),
    path("", include("notifications.urls")),
    path("", include("tickets.urls")),
    path("", include("sla.urls")),
    path("", include("mailpipe.urls")),
    path("", include("automation.urls")),
    path("", include("portal.urls")),
    path("", include("api.urls")),
]

if settings.DJANGO_ADMIN:
    from django.contrib import admin

    urlpatterns.append(path(settings.DJANGO_ADMIN_PATH, admin.site.urls))

handler400 = "core.errors.bad_request"
handler403 = "core.errors.permission_denied"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
