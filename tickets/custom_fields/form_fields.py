"""Fields of forms made of custom fields: one check for pages, rules and imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from tickets.custom_fields.definitions import offered_options
from tickets.forms import LineField
from tickets.models import CustomField
from tickets.models.custom_field import MAX_TEXT

Kind = CustomField.Kind
_NOTHING: Final[Mapping[int, Any]] = {}


class LinkField(forms.CharField):
    """The address of a page: http or https, nothing that could run (X-29)."""

    widget = forms.URLInput

    def clean(self, value: Any) -> str:
        """The address; one without a scheme gets https."""
        text = str(super().clean(value) or "").strip()
        if not text:
            return ""
        text = text if "://" in text else f"https://{text}"
        URLValidator(schemes=["http", "https"], message=_("Write a link, such as https://…"))(text)
        if len(text) > MAX_TEXT:
            raise ValidationError(_("This link is too long."))
        return text


def form_fields_for(
    fields: Iterable[CustomField],
    *,
    values: Mapping[int, Any] = _NOTHING,
    requires: Callable[[CustomField], bool] = lambda field: field.required_to_submit,
) -> dict[str, forms.Field]:
    """The form fields of `fields` by their names, showing `values`."""
    return {
        field.name: form_field(field, value=values.get(field.pk), is_required=requires(field))
        for field in fields
    }


def form_field(field: CustomField, *, value: Any = None, is_required: bool = False) -> forms.Field:
    """One of them, dressed by the kind of the field."""
    options: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help_text,
        "required": is_required,
        "initial": value,
    }
    return _MAKERS[Kind(field.kind)](field, options)


def _chosen(field: CustomField, value: Any) -> list[int]:
    return value if isinstance(value, list) else [value]


def _pairs(field: CustomField, value: Any) -> list[tuple[int, str]]:
    return [(row.pk, row.label) for row in offered_options(field, held=_chosen(field, value))]


def _text(_field: CustomField, options: dict[str, Any]) -> forms.Field:
    return LineField(max_length=MAX_TEXT, **options)


def _number(_field: CustomField, options: dict[str, Any]) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(max_digits=19, decimal_places=4, widget=widget, **options)


def _date(_field: CustomField, options: dict[str, Any]) -> forms.Field:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, **options)


def _dropdown(field: CustomField, options: dict[str, Any]) -> forms.Field:
    choices = [("", _("Not chosen")), *_pairs(field, options["initial"])]
    return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, **options)


def _multi(field: CustomField, options: dict[str, Any]) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        choices=_pairs(field, options["initial"]),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        **options,
    )


def _checkbox(_field: CustomField, options: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**options)


_MAKERS: Final[Mapping[Kind, Callable[[CustomField, dict[str, Any]], forms.Field]]] = {
    Kind.TEXT: _text,
    Kind.URL: lambda _field, options: LinkField(max_length=MAX_TEXT, **options),
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.DROPDOWN: _dropdown,
    Kind.MULTI: _multi,
    Kind.CHECKBOX: _checkbox,
}
