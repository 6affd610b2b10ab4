"""Rows of ticket lists as ready text: one `values_list`, no objects, no work in templates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from accounts.models import User
from desk.columns import DEFAULT
from tickets.models import Ticket

PREVIEW = 160
_ALWAYS = (
    "id",
    "number",
    "subject",
    "status_id",
    "status_kind",
    "priority_rank",
    "assignee_id",
    "customer__is_vip",
    "channel",
    "next_due_at",
    "due_reason",
    "sla_risk_at",
    "sla_metric",
    "sla_state",
    "waiting_since",
    "escalation_level",
    "snoozed_until",
    "created_at",
    "updated_at",
    "last_message_preview",
    "last_message_by",
    "last_message_id",
    "draft_preview",
)
# What a column of the list needs beyond that, by the name of the fact: nothing else is read.
_OF_COLUMN = {
    "customer": {
        "customer": "customer__name",
        "email": "customer__email",
        "organisation": "customer__organisation__name",
    },
    "organisation": {"organisation": "customer__organisation__name"},
    "department": {"department": "department__name"},
    "priority": {"priority": "priority__name", "department": "department__name"},
    "assignee": {"assignee": "assignee__name", "assignee_email": "assignee__email"},
    "service": {"service": "service__name"},
    "tags": {"tags": "tag_names"},
}


class Facts(NamedTuple):
    """One line: the columns of _ALWAYS in their order, then what chosen columns add."""

    id: int
    number: int
    subject: str
    status_id: int
    status_kind: str
    priority_rank: int
    assignee_id: int | None
    is_vip: bool
    channel: str
    next_due_at: datetime
    due_reason: str
    sla_risk_at: datetime
    sla_metric: str
    sla_state: str
    waiting_since: datetime | None
    escalation_level: int
    snoozed_until: datetime | None
    created_at: datetime
    updated_at: datetime
    preview: str
    last_by: str
    last_message_id: int | None
    draft: str | None
    priority: str = ""
    department: str = ""
    assignee: str | None = None
    assignee_email: str | None = None
    customer: str = ""
    email: str = ""
    organisation: str | None = None
    service: str | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class TicketRow:
    """One line of a list, every cell ready to print."""

    check: SafeString
    url: str
    number: str
    subject: str
    flag: SafeString | str
    reason: SafeString
    preview: str
    preview_mark: SafeString | str
    before: SafeString
    behind: SafeString
    css: str


def facts_of(
    tickets: QuerySet[Any, Any], user: User, limit: int, *, columns: Collection[str] = DEFAULT
) -> list[Facts]:
    """Up to `limit` tickets as the list shows them, with the reader's own draft."""
    own = FilteredRelation("drafts", condition=Q(drafts__user=user.pk, drafts__kind="reply"))
    found = tickets.annotate(own_draft=own, draft_preview=Left(F("own_draft__text"), PREVIEW))
    if "tags" in columns:
        found = found.annotate(tag_names=ArraySubquery(_tag_names()))
    more = {fact: path for column in columns for fact, path in _OF_COLUMN.get(column, {}).items()}
    rows = found.values_list(*_ALWAYS, *more.values())[:limit]
    always = len(_ALWAYS)
    return [Facts(*row[:always], **dict(zip(more, row[always:], strict=True))) for row in rows]


def _tag_names() -> QuerySet[Any, Any]:
    carried = Ticket.tags.through.objects.filter(ticket=OuterRef("pk"))
    return carried.order_by("tag__name").values("tag__name")
