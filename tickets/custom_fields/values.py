"""What stands in the fields: read in one statement, told in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from customers.models import Customer
from tickets.custom_fields.definitions import all_fields
from tickets.models import CustomerFieldValue, CustomField, FieldValue, Ticket

Kind = CustomField.Kind
Entry = FieldValue | CustomerFieldValue
Subject = Ticket | Customer


def values_of(subject: Subject) -> dict[int, Any]:
    """What the ticket or customer says, by the key of the field; empty fields are left out.

    Texts and links are str, numbers Decimal, dates date, a choice the key of its option, several
    a list of them, a ticked checkbox True. Asks nothing while the company has no fields.
    """
    if not any(row.entity == entity_of(subject) for row in all_fields()):
        return {}
    return values_from(entries_of(subject))


def entries_of(subject: Subject) -> QuerySet[Any]:
    """The rows of one subject."""
    return subject.custom_values.all()


def entity_of(subject: Subject) -> str:
    """Whose fields these are."""
    entity = CustomField.Entity
    return entity.TICKET.value if isinstance(subject, Ticket) else entity.CUSTOMER.value


def values_from(entries: Iterable[Entry]) -> dict[int, Any]:
    """Rows of one subject as values."""
    by_field: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_field[entry.field_id].append(entry)
    return {
        field.pk: _value(field, by_field[field.pk])
        for field in all_fields()
        if field.pk in by_field
    }


def words_of(field: CustomField, value: Any) -> str:
    """A value as people read it; empty for none."""
    if value is None or value in ("", []):
        return ""
    if field.has_options:
        return ", ".join(labels_of(field, value))
    if field.kind == Kind.CHECKBOX:
        return _("Yes") if value else ""
    if field.kind == Kind.NUMBER:
        return number_format(plain_number(value))
    return date_format(value, "DATE_FORMAT") if field.kind == Kind.DATE else str(value)


def labels_of(field: CustomField, value: Any) -> list[str]:
    """The words of chosen options, archived ones too, in the managers' order."""
    chosen = set(value) if isinstance(value, list) else {value}
    return [row.label for row in field.options.all() if row.pk in chosen]


def plain_number(value: Decimal) -> int | Decimal:
    """A number without the noughts its column adds."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def texts_of(subject: Subject, values: Mapping[int, Any]) -> dict[str, str]:
    """All values in words, by the key conditions use; for the history."""
    return {
        field.key: words
        for field in all_fields()
        if field.entity == entity_of(subject) and (words := words_of(field, values.get(field.pk)))
    }


def _value(field: CustomField, entries: list[Entry]) -> Any:
    if field.kind == Kind.MULTI:
        chosen = {entry.option_id for entry in entries}
        return [row.pk for row in field.options.all() if row.pk in chosen]
    entry = entries[0]
    return {
        Kind.TEXT: entry.text,
        Kind.URL: entry.text,
        Kind.NUMBER: entry.number,
        Kind.DATE: entry.day,
        Kind.DROPDOWN: entry.option_id,
    }.get(Kind(field.kind), True)
