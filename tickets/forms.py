"""Forms that change tickets; rows are chosen from what is in use, never looked up by a raw id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.text import clean_line

MAX_ADDRESSES = 40


class RowField(forms.ChoiceField):
    """A choice among rows that are in memory; cleans to the row, or to None when left empty."""

    def __init__(
        self, *, rows: Callable[[], Iterable[Model]], empty: Any = "", **options: Any
    ) -> None:
        self._rows = rows
        self._empty = empty
        super().__init__(choices=self._pairs, **options)

    def clean(self, value: Any) -> Any:
        """The row itself. Raises ValidationError for one that is not offered."""
        chosen = super().clean(value)
        return next((row for row in self._rows() if str(row.pk) == chosen), None)

    def _pairs(self) -> list[tuple[str, str]]:
        offered = [(str(row.pk), str(row)) for row in self._rows()]
        return offered if self.required and not self._empty else [("", str(self._empty)), *offered]


class AddressesField(forms.CharField):
    """Mail addresses parted by commas; cleans to a tuple of lower-case addresses."""

    def clean(self, value: Any) -> Any:
        """The addresses without their names. Raises ValidationError that quotes a bad one."""
        text = super().clean(value) or ""
        pairs = getaddresses([text.replace(";", ",").replace("\n", ",")])
        found = tuple(dict.fromkeys(email.strip().lower() for _name, email in pairs if email))
        if len(found) > MAX_ADDRESSES:
            raise ValidationError(_("At most %(limit)d addresses.") % {"limit": MAX_ADDRESSES})
        if text.strip() and not found:
            raise ValidationError(_("“%(text)s” is not a mail address.") % {"text": text[:80]})
        for email in found:
            try:
                validate_email(email)
            except ValidationError as refusal:
                raise ValidationError(
                    _("“%(text)s” is not a mail address.") % {"text": email[:80]}
                ) from refusal
        return found


class LineField(forms.CharField):
    """One line of text, without controls."""

    def clean(self, value: Any) -> str:
        """The cleaned line. Raises ValidationError when nothing remains of a required one."""
        line = clean_line(str(super().clean(value) or ""), self.max_length or 255)
        if self.required and not line:
            raise ValidationError(self.error_messages["required"])
        return line
