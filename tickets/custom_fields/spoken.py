"""Answers by their words, as rules and imports give them."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tickets.custom_fields.definitions import offered_options
from tickets.custom_fields.values import Kind
from tickets.models import CustomField

_NO: Final = frozenset({"", "0", "no", "off", "false"})


def value_of_words(field: CustomField, words: str) -> Any:
    """What a form would send for `words`. Raises ValidationError for an option nobody offers."""
    words = words.strip()
    if field.kind == Kind.CHECKBOX:
        return words.casefold() not in _NO
    if field.kind == Kind.DROPDOWN:
        return _option(field, words) if words else None
    if field.kind == Kind.MULTI:
        parts = (part.strip() for part in words.split(","))
        return [_option(field, part) for part in parts if part]
    return words


def _option(field: CustomField, label: str) -> int:
    for row in offered_options(field):
        if row.label.casefold() == label.casefold():
            return row.pk
    raise ValidationError(
        _("%(field)s has no option “%(label)s”.") % {"field": field.label, "label": label}
    )
