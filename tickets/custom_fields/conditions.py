"""Custom fields as fields of the condition language: `custom.<slug>`, as long as they are in use.

Each question is one EXISTS over the values of one field, which an index of its kind answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import JSONObject, Left, Lower
from django.db.models.lookups import Exact, In
from django.utils.translation import gettext_lazy as _

from core.conditions import FieldSpec, NotQueryable, fields
from core.conditions.operators import FieldKind, folded
from core.memo import remembered
from tickets.custom_fields.definitions import active_fields, all_fields, offered_options
from tickets.custom_fields.values import Entry, labels_of, plain_number, values_from
from tickets.models import CustomField, FieldOption, FieldValue

PREFIX: Final = "custom"
Kind = CustomField.Kind
_KINDS: Final[Mapping[str, FieldKind]] = {
    Kind.TEXT: "text",
    Kind.URL: "text",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.DROPDOWN: "choice",
    Kind.MULTI: "set",
    Kind.CHECKBOX: "bool",
}
_Matching = Callable[[str, Any], Q]


@remembered()
def specs() -> dict[str, FieldSpec]:
    """A condition field for each field in use, by its key."""
    return {field.key: _spec(field) for field in active_fields()}


def custom_keys() -> list[str]:
    """What conditions may ask about beyond the fields known in code."""
    return list(specs())


def forget_fields() -> None:
    """Ask the database anew: after a manager changed a field."""
    all_fields.forget()
    specs.forget()


def custom_facts(values: Mapping[int, Any]) -> dict[str, Any]:
    """What conditions may ask about these answers; empty ones are known to be empty."""
    return {field.key: _fact(field, values.get(field.pk)) for field in active_fields()}


def values_column() -> ArraySubquery | Value:
    """The values of many tickets in a statement of the caller's; nothing where nobody has fields.

    `values_in` reads what it answers.
    """
    if not active_fields():
        return Value(None, output_field=BooleanField())
    rows = FieldValue.objects.filter(ticket=OuterRef("pk"))
    columns = ("field_id", "option_id", "text", "number", "day")
    return ArraySubquery(rows.values(facts=JSONObject(**{name: F(name) for name in columns})))


def values_in(column: Iterable[Mapping[str, Any]] | None) -> dict[int, Any]:
    """The answers of one ticket out of `values_column`."""
    return values_from(_entry(facts) for facts in column or ())


def of_field(field: CustomField) -> Callable[[str, Any], Q]:
    """The question about one field to the database, over tickets."""
    matching = _MATCHING[Kind(field.kind)]

    def asked(op: str, value: Any) -> Q:
        rows = FieldValue.objects.filter(ticket=OuterRef("pk"), field=field.pk)
        if op == "is_empty":
            return ~Q(Exists(rows))
        if op == "contains_all":
            return Q(*(asked("contains_any", [label]) for label in value))
        if op in {"is_not", "contains_none"}:
            return ~asked({"is_not": "is", "contains_none": "contains_any"}[op], value)
        if field.kind == Kind.CHECKBOX:
            return Q(Exists(rows)) if value else ~Q(Exists(rows))
        return Q(Exists(rows.filter(matching(op, value))))

    return asked


def _spec(field: CustomField) -> FieldSpec:
    return FieldSpec(
        key=field.key,
        label=field.label,
        kind=_KINDS[field.kind],
        group=_("Custom fields"),
        hint=_hint(field),
        choices=_choices(field) if field.kind == Kind.DROPDOWN else None,
        names=_names(field) if field.kind == Kind.DROPDOWN else None,
        query=of_field(field),
    )


def _hint(field: CustomField) -> str:
    """Those who type several are told what there is."""
    labels = [row.label for row in offered_options(field)]
    return ", ".join(labels) if field.kind == Kind.MULTI else field.help_text


def _choices(field: CustomField) -> Callable[[], list[tuple[Any, Any]]]:
    return lambda: [(row.pk, row.label) for row in offered_options(field)]


def _names(field: CustomField) -> Callable[[Collection[Any]], dict[Any, str]]:
    """Archived options are still known: a condition goes on to find the old tickets."""

    def names(values: Collection[Any]) -> dict[Any, str]:
        return {row.pk: row.label for row in field.options.all() if row.pk in values}

    return names


def _fact(field: CustomField, value: Any) -> Any:
    if field.kind == Kind.CHECKBOX:
        return bool(value)
    if value is None:
        return None
    if field.kind == Kind.MULTI:
        return labels_of(field, value)
    if field.kind == Kind.NUMBER:
        plain = plain_number(value)
        return plain if isinstance(plain, int) else float(plain)
    if field.kind == Kind.DATE:
        return datetime.combine(value, time.min, UTC).isoformat()
    return value


def _entry(facts: Mapping[str, Any]) -> Entry:
    """A row that travelled as JSON."""
    number, day = facts["number"], facts["day"]
    return FieldValue(
        field_id=facts["field_id"],
        option_id=facts["option_id"],
        text=facts["text"],
        number=None if number is None else Decimal(str(number)),
        day=None if day is None else date.fromisoformat(day),
    )


def _by_text(op: str, value: Any) -> Q:
    known, lower = ~Q(text=""), Lower("text")
    if op == "is":
        return known & Q(Exact(lower, folded(value)))
    if op == "in":
        return known & Q(In(lower, [*map(folded, value)]))
    if op == "starts_with":
        return known & Q(Exact(Lower(Left("text", len(value))), folded(value)))
    # Words inside a text are read by Python only, as everywhere in this language.
    raise NotQueryable(op)


def _by_number(op: str, value: Any) -> Q:
    lookup = {"is": "number", "greater": "number__gt", "less": "number__lt"}[op]
    return Q(**{lookup: Decimal(str(value))})


def _by_option(op: str, value: Any) -> Q:
    return Q(option__in=value) if op == "in" else Q(option=value)


def _by_label(_op: str, value: Any) -> Q:
    chosen = FieldOption.objects.annotate(word=Lower("label"))
    return Q(option__in=chosen.filter(field=OuterRef("field"), word__in=[*map(folded, value)]))


def _by_day(op: str, value: Any) -> Q:
    """Days count as their first instant in UTC, as days of conditions do."""
    if op == "before":
        return Q(day__lt=value)
    if op == "after":
        return Q(day__gt=value)
    first, last = (moment.astimezone(UTC) for moment in value)
    is_whole = first.time() == time.min
    return Q(day__gte=first.date() + timedelta(days=not is_whole), day__lte=last.date())


_MATCHING: Final[Mapping[Kind, _Matching]] = {
    Kind.TEXT: _by_text,
    Kind.URL: _by_text,
    Kind.NUMBER: _by_number,
    Kind.DATE: _by_day,
    Kind.DROPDOWN: _by_option,
    Kind.MULTI: _by_label,
    Kind.CHECKBOX: lambda _op, _value: Q(),
}

fields.family(PREFIX, specs)
