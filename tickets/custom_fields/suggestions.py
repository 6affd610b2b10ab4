"""Fields other help desks have, to be taken over by a click (R31, R137)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.events import emit
from tickets.custom_fields.conditions import forget_fields
from tickets.events import VocabularyChanged
from tickets.models import CustomField, FieldOption

Kind = CustomField.Kind
STEP: Final = 10


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A field as it would be added."""

    slug: str
    label: Any
    kind: str = Kind.TEXT
    options: tuple[str, ...] = ()
    is_shown: bool = False


SUGGESTIONS: Final = (
    Suggestion(slug="order-number", label=_("Contract or order number"), is_shown=True),
    Suggestion(slug="version", label=_("Version or module"), is_shown=True),
    Suggestion(
        slug="customer-tier",
        label=_("Customer tier"),
        kind=Kind.DROPDOWN,
        options=("Basic", "Pro", "Enterprise"),
    ),
    Suggestion(
        slug="origin-channel",
        label=_("Origin channel"),
        kind=Kind.DROPDOWN,
        options=("E-mail", "Portal", "Phone", "WhatsApp", "Chat", "Visit", "Social media"),
    ),
    Suggestion(slug="serial-number", label=_("Serial number"), is_shown=True),
    Suggestion(slug="product", label=_("Product"), is_shown=True),
    Suggestion(slug="sales-order", label=_("Sales order")),
    Suggestion(slug="project", label=_("Project")),
    Suggestion(slug="milestone", label=_("Milestone")),
    Suggestion(slug="lead", label=_("Lead")),
    Suggestion(slug="opportunity", label=_("Opportunity")),
)


def open_suggestions() -> list[Suggestion]:
    """Those the company has not got yet, archived fields counted."""
    here = set(CustomField.objects.values_list("slug", flat=True))
    return [one for one in SUGGESTIONS if one.slug not in here]


@transaction.atomic
def take_suggestions(slugs: Collection[str], *, actor: Any, now: datetime) -> list[CustomField]:
    """Add these fields behind the others; those that are here already stay as they are. Audited."""
    last = CustomField.objects.order_by("position").last()
    place = last.position if last else 0
    wanted = [one for one in open_suggestions() if one.slug in slugs]
    rows = [_added(one, place + STEP * number) for number, one in enumerate(wanted, start=1)]
    for row in rows:
        audit.record("created", row, actor=actor, after={"label": row.label}, now=now)
        emit(VocabularyChanged(row=row, actor=actor, now=now))
    forget_fields()
    return rows


def _added(suggestion: Suggestion, place: int) -> CustomField:
    field = CustomField.objects.create(
        slug=suggestion.slug,
        label=str(suggestion.label),
        kind=suggestion.kind,
        show_on_client_portal=suggestion.is_shown,
        position=place,
    )
    FieldOption.objects.bulk_create(
        [
            FieldOption(field=field, label=label, position=number * STEP)
            for number, label in enumerate(suggestion.options, start=1)
        ]
    )
    return field
