"""The settings page of the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.option_pages import OptionPage

page = OptionPage(
    template="portal/option_page.html",
    url_prefix="admin/portal",
    url_name="portal_settings",
    title=_("Portal"),
    purpose=_("What customers find on their pages, and how often strangers may write."),
    keys=[
        "portal.enabled",
        "portal.form_enabled",
        "portal.form_per_network",
        "portal.form_per_email",
        "portal.hours",
        "portal.privacy_url",
        "portal.imprint_url",
        "tickets.guest_days",
        "tickets.reopen_days",
    ],
)
