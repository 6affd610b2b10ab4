"""Custom fields among the filters of the queue: `cf_<slug>` for what is chosen and ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from tickets.custom_fields.definitions import active_fields
from tickets.models import CustomField, FieldValue
from tickets.models.ticket import TicketQuerySet

PREFIX: Final = "cf_"
_YES: Final = "1"


class FieldFilter(NamedTuple):
    """One filter: its parameter, its words, what it offers, as a form sends it."""

    name: str
    label: str
    pairs: list[tuple[str, str]]


def choices() -> list[FieldFilter]:
    """The fields a list can be narrowed by; archived options still find old tickets."""
    return [
        FieldFilter(f"{PREFIX}{field.slug}", field.label, _pairs(field))
        for field in active_fields()
        if field.has_options or field.kind == CustomField.Kind.CHECKBOX
    ]


def chosen(query: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a query string chooses among them; nonsense is left out."""
    if not any(name.startswith(PREFIX) for name in query):
        return ()
    offered = [(one.name, {value for value, _label in one.pairs}) for one in choices()]
    return tuple((name, query[name]) for name, values in offered if query.get(name) in values)


def narrow(tickets: TicketQuerySet, wanted: Iterable[tuple[str, str]]) -> TicketQuerySet:
    """Those of `tickets` that say all of it."""
    if not wanted:
        return tickets
    fields = {f"{PREFIX}{field.slug}": field for field in active_fields()}
    for name, value in wanted:
        rows = FieldValue.objects.filter(ticket=OuterRef("pk"), field=fields[name].pk)
        if fields[name].has_options:
            rows = rows.filter(option=int(value))
        tickets = tickets.filter(Exists(rows))
    return tickets


def _pairs(field: CustomField) -> list[tuple[str, str]]:
    if field.kind == CustomField.Kind.CHECKBOX:
        return [(_YES, _("Yes"))]
    return [(str(row.pk), row.label) for row in field.options.all()]
