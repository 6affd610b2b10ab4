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
