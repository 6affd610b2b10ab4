"""Which fields the company has, remembered for a few seconds like the rest of its vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

from core.memo import remembered
from tickets.models import CustomField, FieldOption

TICKET = CustomField.Entity.TICKET.value


@remembered()
def all_fields() -> list[CustomField]:
    """Every field in the managers' order, archived ones too, with options and scope.

    One statement where there are none.
    """
    return list(CustomField.objects.prefetch_related("options", "departments", "services"))


def active_fields(entity: str = TICKET) -> list[CustomField]:
    """The fields in use."""
    return [row for row in all_fields() if row.entity == entity and row.archived_at is None]


def fields_for(
    *, department_id: int | None, service_id: int | None, entity: str = TICKET
) -> list[CustomField]:
    """The fields asked in this department and for this service; without scope it is for all."""
    return [
        row
        for row in active_fields(entity)
        if _is_meant(department_id, (one.pk for one in row.departments.all()))
        and _is_meant(service_id, (one.pk for one in row.services.all()))
    ]


def offered_options(field: CustomField, *, held: Iterable[int] = ()) -> list[FieldOption]:
    """The options to choose from: those in use, and archived ones that stand there already."""
    kept = frozenset(held)
    return [row for row in field.options.all() if row.archived_at is None or row.pk in kept]


def _is_meant(wanted: int | None, meant: Iterable[int]) -> bool:
    scope = set(meant)
    return not scope or wanted in scope
