"""The settings page of the company: its name, its time, its doors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.option_pages import OptionPage

page = OptionPage(
    url_prefix="admin/company",
    url_name="company",
    title=_("Company"),
    purpose=_("What customers and colleagues read and see unless they chose otherwise."),
    keys=(
        "accounts.company_name",
        "accounts.support_email",
        "accounts.time_zone",
        "accounts.language",
        "accounts.portal_signup",
        "accounts.sign_in_failures",
    ),
)
