"""Records as they come from other systems, and what is known of one customer's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext as _

from customers.models import CrmConnection, CrmRecord, Customer
from customers.models.records import STATUSES

STALE_AFTER = timedelta(minutes=15)
# A worker that was killed leaves its question; after this nobody waits for the answer any more.
PATIENCE = timedelta(seconds=60)
MAX_EXTRA = 4_000


@dataclass(frozen=True, kw_only=True)
class RecordFacts:
    """One document of another system, in our words; whose it is may be settled later."""

    kind: str
    external_id: str
    status: str
    number: str = ""
    title: str = ""
    amount: Decimal | None = None
    currency: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    url: str = ""
    delivery_note: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    customer_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True)
class Freshness:
    """When the records of a customer were last asked for, and what is the matter with that."""

    fetched_at: datetime | None
    error: str
    is_asked: bool
    is_stale: bool


class _Asked(NamedTuple):
    """The lookup of one system in use; empty where it was never asked."""

    due_at: datetime | None
    tried_at: datetime | None
    fetched_at: datetime | None
    last_error: str | None


def check_facts(facts: RecordFacts) -> None:
    """Raise ValidationError for a record we could not keep, with the reason for its sender."""
    if facts.kind not in STATUSES:
        raise ValidationError(
            _("“%(word)s” is no kind of record. Use: %(words)s.")
            % {"word": facts.kind, "words": ", ".join(STATUSES)}
        )
    if facts.status not in STATUSES[facts.kind]:
        raise ValidationError(
            _("“%(word)s” is no status of this kind. Use: %(words)s.")
            % {"word": facts.status, "words": ", ".join(STATUSES[facts.kind])}
        )
    if not facts.external_id:
        raise ValidationError(_("The record has no id of its own."))
    if facts.customer_id is None and facts.organisation_id is None:
        raise ValidationError(_("Nobody is known whose record this is."))
    if len(str(facts.extra)) > MAX_EXTRA:
        raise ValidationError(_("The further facts are too long."))


def web_address(text: str) -> str:
    """An address people may be sent to; anything but http and https is dropped (X-31)."""
    return text[:500] if text.startswith(("https://", "http://")) else ""


def whose() -> Q:
    """Records of the customer of an outer row, or of the customer's organisation."""
    own = Q(customer=OuterRef("customer"))
    return own | Q(organisation=OuterRef("customer__organisation"))


def unpaid_since() -> Subquery:
    """The day the oldest unpaid invoice was due, for rows with a customer."""
    unpaid = CrmRecord.objects.filter(whose(), kind=CrmRecord.Kind.INVOICE).order_by()
    due = Case(When(status=CrmRecord.Status.OVERDUE, then=Value(date.min)), default=F("due_on"))
    unpaid = unpaid.filter(status__in=[CrmRecord.Status.OPEN, CrmRecord.Status.OVERDUE])
    oldest = unpaid.annotate(day=due).order_by(F("day").asc(nulls_last=True)).values("day")
    return Subquery(oldest[:1], output_field=DateField())


def is_courted() -> Exists:
    """Whether there is an open opportunity, for rows with a customer."""
    return Exists(CrmRecord.objects.open_opportunities().filter(whose()).order_by())


def freshness_of(customer: Customer, *, now: datetime) -> Freshness | None:
    """How old the records are; None where no system is asked. One statement."""
    mine = FilteredRelation("lookups", condition=Q(lookups__customer=customer))
    asked = CrmConnection.objects.active().annotate(mine=mine)
    columns = (f"mine__{name}" for name in ("due_at", "tried_at", "fetched_at", "last_error"))
    rows = [_Asked(*row) for row in asked.values_list(*columns)]
    if not rows:
        return None
    known = [row.fetched_at for row in rows if row.fetched_at]
    tried = [row.tried_at for row in rows if row.tried_at]
    waiting = [row.due_at for row in rows if row.due_at]
    return Freshness(
        fetched_at=min(known) if known else None,
        error=next((row.last_error for row in rows if row.last_error), ""),
        is_asked=any(due_at > now - PATIENCE for due_at in waiting),
        is_stale=not waiting and (len(tried) < len(rows) or min(tried) < now - STALE_AFTER),
    )
