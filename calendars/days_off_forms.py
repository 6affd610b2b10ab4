"""Choosing whose holidays are offered: a country's, or a file's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendars.days_off import (
    MAX_BYTES,
    UnreadableFile,
    countries,
    public_holidays,
    read_file,
    regions,
)
from calendars.parts import Holiday
from calendars.selects import LongSelect

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2000, 2099, 5


class DaysOffForm(forms.Form):
    """Part of a calendar's page; nothing of it is kept but the days that were ticked."""

    country = forms.ChoiceField(label=_("Country"), required=False, choices=list, widget=LongSelect)
    region = forms.CharField(label=_("Region"), required=False)
    first_year = forms.IntegerField(
        label=_("From year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    last_year = forms.IntegerField(
        label=_("To year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    file = forms.FileField(
        label=_("Calendar file (.ics)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def __init__(self, data: Any, files: Any, *, now: datetime) -> None:
        super().__init__(data, files, prefix="days_off")
        self.now = now
        self.initial = {"first_year": now.year, "last_year": now.year + 1}
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = [("", gettext("Choose one")), *countries()]
        parts = regions(str(self["country"].value() or ""))
        self.has_regions = bool(parts)
        self._regions = dict(parts)
        self.fields["region"].widget = forms.Select(
            choices=[("", gettext("The whole country")), *parts]
        )

    def clean_region(self) -> str:
        """A region that the country does not have counts as none: the country was changed."""
        region: str = self.cleaned_data["region"]
        return region if region in self._regions else ""

    def of_country(self) -> list[Holiday]:
        """The public holidays of the chosen country and years; none, and an error, without one."""
        if not self.is_valid():
            return []
        if not self.cleaned_data["country"]:
            self.add_error("country", gettext("Choose a country."))
            return []
        return public_holidays(
            self.cleaned_data["country"], region=self.cleaned_data["region"], years=self._years()
        )

    def of_file(self) -> list[Holiday]:
        """The all-day entries of the file; none, and an error, when it cannot be read."""
        if not self.is_valid():
            return []
        upload = self.cleaned_data["file"]
        if upload is None:
            self.add_error("file", gettext("Choose a file."))
            return []
        try:
            return read_file(upload.read(MAX_BYTES + 1), now=self.now)
        except UnreadableFile as trouble:
            self.add_error("file", str(trouble))
            return []

    def _years(self) -> range:
        """From the first to the last year, a few at most."""
        first = self.cleaned_data["first_year"] or self.now.year
        last = max(self.cleaned_data["last_year"] or first, first)
        return range(first, min(last, first + MOST_YEARS - 1) + 1)
