"""Warning times as managers type them: 75%, -30m, +1h real (sla.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.thresholds import BadThreshold, parse_threshold

MOST = 8
LENGTH = 20
HINT = gettext_lazy(
    "A share of the time such as 75%, or a time before or after the deadline such as -30m or +1h;"
    " separated by commas. Add “real” for time on the wall: -1h real."
)


def write_warnings(thresholds: Sequence[str]) -> str:
    """The stored times as the field shows them."""
    return ", ".join(thresholds)


def read_warnings(text: str) -> list[str]:
    """The times in their order, each once. Raises ValidationError that names the wrong one."""
    typed = [" ".join(part.lower().split()) for part in text.replace(";", ",").split(",")]
    found = list(dict.fromkeys(part for part in typed if part))
    if len(found) > MOST:
        raise forms.ValidationError(_("Use at most %(most)d warning times.") % {"most": MOST})
    for part in found:
        _check(part)
    return found


def _check(part: str) -> None:
    try:
        parse_threshold(part)
    except BadThreshold:
        message = _(
            "“%(text)s” is not a warning time. Write a share such as 75%%, or a time before or"
            " after the deadline such as -30m or +1h."
        )
        raise forms.ValidationError(message % {"text": part[:LENGTH]}) from None


class WarningsField(forms.CharField):
    """A line of warning times; its value is the list of them."""

    def __init__(self, *, label: Any, help_text: Any = HINT) -> None:
        super().__init__(label=label, help_text=help_text, required=False, max_length=200)

    def clean(self, value: Any) -> list[str]:
        return read_warnings(super().clean(value))
