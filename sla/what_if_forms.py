"""What the what-if page offers to try by itself: another preset, another default calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calendars.models import BusinessCalendar
from sla.actions.presets import PRESETS, active_preset
from sla.drafts import Draft, with_default, with_preset
from sla.what_if import DAYS, PERIODS

PRESET, CALENDAR = "preset", "calendar"


def _periods() -> list[tuple[int, str]]:
    return [
        (days, ngettext("the last %(days)d day", "the last %(days)d days", days) % {"days": days})
        for days in PERIODS
    ]


class PeriodForm(forms.Form):
    """How far back tickets are looked at."""

    days = forms.TypedChoiceField(
        label=_("Tickets opened in"), choices=_periods, coerce=int, initial=DAYS
    )


class WhatIfForm(PeriodForm):
    """One thing to try."""

    other = forms.ChoiceField(label=_("What if this were in force?"))
    field_order = ("other", "days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = active_preset()
        calendars = BusinessCalendar.objects.active().filter(is_default=False)
        self.fields["other"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (
                gettext("Another preset"),
                [
                    (f"{PRESET}:{slug}", preset.name)
                    for slug, preset in PRESETS.items()
                    if preset is not active
                ],
            ),
            (
                gettext("Another default calendar"),
                [(f"{CALENDAR}:{row.pk}", row.name) for row in calendars],
            ),
        ]

    def draft(self, *, now: datetime) -> Draft:
        """The rules with what was chosen."""
        kind, _colon, key = self.cleaned_data["other"].partition(":")
        if kind == PRESET:
            return with_preset(key, now=now)
        return with_default(BusinessCalendar.objects.get(pk=key))
