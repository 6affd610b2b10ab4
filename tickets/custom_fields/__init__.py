"""Fields of the company's own on tickets and customers (R137)."""

from tickets.custom_fields.definitions import active_fields, fields_for
from tickets.custom_fields.form_fields import form_fields_for
from tickets.custom_fields.resolving import missing_to_resolve
from tickets.custom_fields.values import values_of, words_of

__all__ = [
    "active_fields",
    "fields_for",
    "form_fields_for",
    "missing_to_resolve",
    "values_of",
    "words_of",
]
