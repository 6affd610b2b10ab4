"""What managers may change about the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

declare(
    OptionSpec(
        key="api.requests_per_minute",
        kind="int",
        default=600,
        minimum=10,
        maximum=60_000,
        label=_("Requests a minute"),
        help=_("For one key; further ones are told to wait."),
    )
)
