"""Values about the company and its doors that managers may change."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")

declare(
    OptionSpec(
        key="accounts.company_name",
        kind="str",
        default="Helpdesk",
        maximum=60,
        label=_("Company name"),
        help=_("Shown to customers on every page and in every mail."),
    )
)
declare(
    OptionSpec(
        key="accounts.support_email",
        kind="str",
        default="",
        maximum=254,
        label=_("Support address"),
        help=_("Shown to customers as the address to write to; empty: the default department's."),
    )
)
declare(
    OptionSpec(
        key="accounts.time_zone",
        kind="choice",
        default=settings.TIME_ZONE,
        choices=[(name, name.replace("_", " ")) for name in ZONES],
        label=_("Time zone"),
        help=_("Of everybody who has not chosen an own one."),
    )
)
declare(
    OptionSpec(
        key="accounts.language",
        kind="choice",
        default=settings.LANGUAGE_CODE,
        choices=settings.LANGUAGES,
        label=_("Language"),
        help=_("Of mails, and of pages when neither person nor browser says another."),
    )
)
declare(
    OptionSpec(
        key="accounts.portal_signup",
        kind="bool",
        default=True,
        label=_("Customers may register"),
        help=_("Off: only people you invite have an account; mail and forms work all the same."),
    )
)
declare(
    OptionSpec(
        key="accounts.sign_in_failures",
        kind="int",
        default=10,
        minimum=3,
        maximum=100,
        label=_("Wrong passwords in 15 minutes"),
        help=_("Counted for one account from one network address; then sign-in waits."),
    )
)
