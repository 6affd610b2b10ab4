"""Who is told, and when, of warranties and contracts that end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.option_pages import OptionPage
from tickets.options import EXPIRY_DAYS, EXPIRY_PEOPLE

settings_page = OptionPage(
    url_prefix="admin/warranty_settings",
    url_name="warranty_settings",
    title=_("Covers that end"),
    purpose=_("When somebody is told of a warranty or service contract that ends, and who."),
    keys=(EXPIRY_DAYS.key, EXPIRY_PEOPLE.key),
)
