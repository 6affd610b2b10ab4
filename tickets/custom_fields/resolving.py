"""Answers a ticket needs before it is resolved (R137)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tickets.custom_fields.definitions import fields_for
from tickets.custom_fields.values import values_of
from tickets.models import CustomField, Ticket


def missing_to_resolve(ticket: Ticket) -> list[CustomField]:
    """The fields that must be filled before the ticket is resolved, and are empty."""
    return _missing(ticket, ticket.department_id, ticket.service_id)


def lacking_answers(ticket: Ticket, wanted: Mapping[str, Any]) -> list[str]:
    """The labels of those a change of status would leave empty; none unless it resolves.

    Only people are refused: a rule or a customer who could not close would try for ever, so the
    history keeps what was lacking.
    """
    status = wanted.get("status")
    is_end = status is not None and status.is_resolved and not ticket.status.is_resolved
    if not is_end or ticket.merged_into_id is not None:
        return []
    service = wanted.get("service", ticket.service)
    department = wanted.get("department", ticket.department)
    rows = _missing(ticket, department.pk, service.pk if service else None)
    return [row.label for row in rows]


def refuse_unanswered(labels: Sequence[str]) -> None:
    """Raises ValidationError that names what to fill in first."""
    if labels:
        raise ValidationError(
            _("Before it is resolved, fill in: %(fields)s.") % {"fields": ", ".join(labels)},
            "unanswered",
        )


def _missing(ticket: Ticket, department_id: int, service_id: int | None) -> list[CustomField]:
    asked = fields_for(department_id=department_id, service_id=service_id)
    needed = [row for row in asked if row.required_to_resolve]
    if not needed:
        return []
    filled = values_of(ticket)
    return [row for row in needed if row.pk not in filled]
