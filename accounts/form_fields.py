"""Form fields that forms of people share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _

from accounts.phones import e164

DASHES = dict(BLANK_CHOICE_DASH)[""]
PHONE_HINT = _("With the country code, for text messages and calls when on duty.")


class PhoneField(forms.CharField):
    """A phone number, kept as E.164 however it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Phone"),
            "required": False,
            "max_length": 32,
            "help_text": PHONE_HINT,
            "widget": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }
        super().__init__(**(defaults | kwargs))

    def to_python(self, value: Any) -> str:
        """The number, or a ValidationError that says how to write it."""
        return e164(super().to_python(value) or "")


def choose(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Offer these rows; asked anew for every form. A choice that may stay open says "None"."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = _("None")
        field.queryset = rows
