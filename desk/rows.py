"""Rows of ticket lists as ready text: one `values_list`, no objects, no work in templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from accounts.models import User

PREVIEW = 160
_COLUMNS = (
    "id",
    "number",
    "subject",
    "status_id",
    "status_kind",
    "priority__name",
    "priority_rank",
    "department__name",
    "assignee__name",
    "assignee__email",
    "customer__name",
    "customer__email",
    "customer__is_vip",
    "customer__organisation__name",
    "channel",
    "next_due_at",
    "due_reason",
    "sla_risk_at",
    "sla_metric",
    "sla_state",
    "waiting_since",
    "escalation_level",
    "snoozed_until",
    "updated_at",
    "last_message_preview",
    "last_message_by",
    "last_message_id",
    "draft_preview",
)


class Facts(NamedTuple):
    """The columns of one line, in the order of _COLUMNS."""

    id: int
    number: int
    subject: str
    status_id: int
    status_kind: str
    priority: str
    priority_rank: int
    department: str
    assignee: str | None
    assignee_email: str | None
    customer: str
    email: str
    is_vip: bool
    organisation: str | None
    channel: str
    next_due_at: datetime
    due_reason: str
    sla_risk_at: datetime
    sla_metric: str
    sla_state: str
    waiting_since: datetime | None
    escalation_level: int
    snoozed_until: datetime | None
    updated_at: datetime
    preview: str
    last_by: str
    last_message_id: int | None
    draft: str | None


@dataclass(frozen=True)
class TicketRow:
    """One line of a list, every cell ready to print."""

    url: str
    number: str
    subject: str
    badge: SafeString | str
    flag: SafeString | str
    reason: SafeString
    preview: str
    preview_mark: SafeString | str
    customer: str
    vip_mark: SafeString | str
    origin: str
    priority: SafeString
    department: str
    due: SafeString
    assignee: SafeString
    updated: SafeString
    css: str


def facts_of(tickets: QuerySet[Any, Any], user: User, limit: int) -> list[Facts]:
    """The columns of up to `limit` tickets, with the reader's own draft."""
    own = FilteredRelation("drafts", condition=Q(drafts__user=user.pk))
    found = tickets.annotate(own_draft=own, draft_preview=Left(F("own_draft__text"), PREVIEW))
    return [Facts(*row) for row in found.values_list(*_COLUMNS)[:limit]]
