"""Rows of ticket lists as ready text: one `values_list`, no objects, no work in templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from accounts.models import User
from core.quick_html import fill
from desk.columns import DEFAULT
from tickets.models import Ticket

PREVIEW = 160
# A line in one piece: four fifths of a list's time went into the template of its lines.
_BEGINNING = '<tr class="{}">'
_BOX = (
    '<td class="c-check"><input class="check" type="checkbox" form="bulk" name="ids" value="{}"'
    ' data-row-check aria-label="{}" autocomplete="off"></td>'
)
_CELLS = (
    '{}<td class="c-line"><div class="ticket-line">{}'
    '<a class="ticket-link" data-row-link href="{}">{}</a><span class="ticket-no">{}</span></div>'
    '<div class="ticket-sub">{}{}<span class="truncate">{}</span></div></td>{}</tr>'
)
_PLAIN = _BEGINNING + _CELLS
_SELECTABLE = _BEGINNING + _BOX + _CELLS
_ALWAYS = (
    "id",
    "number",
    "subject",
    "status_id",
    "status_kind",
    "priority_id",
    "priority_rank",
    "department_id",
    "service_id",
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
    "updated_at",
    "last_message_preview",
    "last_message_by",
    "last_message_id",
    "draft_preview",
)
# What a column of the list needs beyond that, by the name of the fact: nothing else is read, and
# what small tables name is named from memory, because every join costs planning.
_OF_COLUMN = {
    "customer": {
        "customer": "customer__name",
        "email": "customer__email",
        "organisation": "customer__organisation__name",
    },
    "organisation": {"organisation": "customer__organisation__name"},
    "assignee": {"assignee": "assignee__name", "assignee_email": "assignee__email"},
    "tags": {"tags": "tag_names"},
    "created": {"created_at": "created_at"},
}


class Facts(NamedTuple):
    """One line: the columns of _ALWAYS in their order, then what chosen columns add."""

    id: int
    number: int
    subject: str
    status_id: int
    status_kind: str
    priority_id: int
    priority_rank: int
    department_id: int
    service_id: int | None
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
    updated_at: datetime
    preview: str
    last_by: str
    last_message_id: int | None
    draft: str | None
    assignee: str | None = None
    assignee_email: str | None = None
    customer: str = ""
    email: str = ""
    organisation: str | None = None
    tags: Sequence[str] = ()
    created_at: datetime | None = None


class TicketRow(NamedTuple):
    """One line of a list, every cell ready to print."""

    id: int
    select: str
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

    @property
    def plain(self) -> SafeString:
        """The line without a box."""
        return fill(_PLAIN, self.css, *self._cells())

    @property
    def selectable(self) -> SafeString:
        """The line with a box, which belongs to the form of the bulk bar wherever that stands."""
        return fill(_SELECTABLE, self.css, self.id, self.select, *self._cells())

    def _cells(self) -> tuple[str, ...]:
        return (
            self.before,
            self.flag,
            self.url,
            self.subject,
            self.number,
            self.reason,
            self.preview_mark,
            self.preview,
            self.behind,
        )


def facts_of(
    tickets: QuerySet[Any, Any], user: User, limit: int, *, columns: Collection[str] = DEFAULT
) -> list[Facts]:
    """Up to `limit` tickets as the list shows them, with the reader's own draft."""
    found = asked_for(tickets, user.pk, limit, columns=columns)
    return told_by(found, tickets.query.order_by, columns=columns)


def asked_for(
    tickets: QuerySet[Any, Any], reader: int, limit: int, *, columns: Collection[str]
) -> QuerySet[Any, Any]:
    """The question for these facts; `reader` is the key of who asks."""
    own = FilteredRelation("drafts", condition=Q(drafts__user=reader, drafts__kind="reply"))
    found = tickets.annotate(own_draft=own, draft_preview=Left(F("own_draft__text"), PREVIEW))
    if "tags" in columns:
        found = found.annotate(tag_names=ArraySubquery(_tag_names()))
    more = _more(tickets.query.order_by, columns)
    return found.values_list(*_ALWAYS, *more.values())[:limit]


def told_by(
    rows: Iterable[tuple[Any, ...]], order: Iterable[Any], *, columns: Collection[str]
) -> list[Facts]:
    """What that question was answered with, for a list in `order`."""
    more, always = _more(order, columns), len(_ALWAYS)
    if not more:
        return [Facts(*row) for row in rows]
    return [Facts(*row[:always], **dict(zip(more, row[always:], strict=True))) for row in rows]


def _more(order: Iterable[Any], columns: Collection[str]) -> dict[str, str]:
    """Facts that not every list needs, and where they come from."""
    more = {fact: path for column in columns for fact, path in _OF_COLUMN.get(column, {}).items()}
    if "created_at" in {term.removeprefix("-") for term in order}:
        more["created_at"] = "created_at"  # the cursor of the page is made of it
    return more


def _tag_names() -> QuerySet[Any, Any]:
    carried = Ticket.tags.through.objects.filter(ticket=OuterRef("pk"))
    return carried.order_by("tag__name").values("tag__name")
