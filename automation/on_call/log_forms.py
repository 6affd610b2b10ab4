"""The period of the on-call log."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=366)


class LogForm(forms.Form):
    """A GET form; nonsense means this month."""

    since = forms.DateField(label=_("From"), required=False,
                            widget=forms.DateInput({"type": "date"}))  # fmt: skip
    until = forms.DateField(label=_("Until"), required=False,
                            widget=forms.DateInput({"type": "date"}))  # fmt: skip

    def __init__(self, data: Any, *, now: datetime) -> None:
        today = timezone.localtime(now).date()
        asked = {"since": data.get("since") or today.replace(day=1).isoformat(),
                 "until": data.get("until") or today.isoformat()}  # fmt: skip
        super().__init__(asked)
        self.full_clean()
        self.last: date = self.cleaned_data.get("until") or today
        first: date = self.cleaned_data.get("since") or today.replace(day=1)
        self.first = max(min(first, self.last), _year_before(self.last))

    @property
    def query(self) -> str:
        return urlencode({"since": self.first.isoformat(), "until": self.last.isoformat()})


def _year_before(day: date) -> date:
    return day - LONGEST if day.year > 1 else day
