"""Values of the portal that managers may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

declare(
    OptionSpec(
        key="portal.enabled",
        kind="bool",
        default=True,
        label=_("Portal"),
        help=_("Off: customers reach you by mail only; pages and the contact form say so."),
    )
)
declare(
    OptionSpec(
        key="portal.form_enabled",
        kind="bool",
        default=True,
        label=_("Contact form without an account"),
        help=_("Off: whoever wants to write on the portal signs in first."),
    )
)
declare(
    OptionSpec(
        key="portal.form_per_network",
        kind="int",
        default=20,
        minimum=1,
        maximum=10_000,
        label=_("Contact forms an hour from one network address"),
        help=_("Offices often share one address; more than this is refused with a clear text."),
    )
)
declare(
    OptionSpec(
        key="portal.form_per_email",
        kind="int",
        default=5,
        minimum=1,
        maximum=1_000,
        label=_("Contact forms an hour for one mail address"),
        help=_("Anybody can type anybody's address: this keeps forms from flooding a mailbox."),
    )
)
declare(
    OptionSpec(
        key="portal.privacy_url",
        kind="str",
        default="",
        maximum=300,
        label=_("Address of your privacy notice"),
        help=_("Linked below every page and beside the consent of the contact form."),
    )
)
declare(
    OptionSpec(
        key="portal.imprint_url",
        kind="str",
        default="",
        maximum=300,
        label=_("Address of your imprint"),
        help=_("Linked below every page."),
    )
)
declare(
    OptionSpec(
        key="portal.hours",
        kind="str",
        default="",
        maximum=80,
        label=_("When you answer"),
        help=_("A few words below every page. Empty: the hours of the default calendar."),
    )
)
