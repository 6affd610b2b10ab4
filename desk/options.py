"""What managers may change about the desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

CHECKLIST = declare(
    OptionSpec(
        key="desk.shows_checklist",
        kind="bool",
        default=True,
        label=_("Show the list of first steps on the start page"),
    )
)
