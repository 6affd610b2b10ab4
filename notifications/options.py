"""Values of the post office that managers may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

declare(
    OptionSpec(
        key="notifications.kept_days",
        kind="int",
        default=90,
        minimum=1,
        maximum=3650,
        label=_("Days read notifications are kept"),
        help=_("Notifications nobody has read stay."),
    )
)
