"""Values about the company and its doors that managers may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

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
