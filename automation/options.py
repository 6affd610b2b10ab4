"""Values of assignment that managers may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

declare(
    OptionSpec(
        key="automation.assigns",
        kind="bool",
        default=True,
        label=_("Give tickets to agents"),
        help=_("Off: every ticket stays in the queue of its department until somebody takes it."),
    )
)
declare(
    OptionSpec(
        key="automation.push_below",
        kind="int",
        default=5,
        minimum=1,
        maximum=1000,
        label=_("Open tickets up to which an agent is given more"),
        help=_("Agents with fewer open tickets than this are given new ones."),
    )
)
declare(
    OptionSpec(
        key="automation.hard_cap",
        kind="int",
        default=10,
        minimum=1,
        maximum=1000,
        label=_("Most open tickets of an agent"),
        help=_("Nobody is given more; assigning more by hand has to be confirmed."),
    )
)
