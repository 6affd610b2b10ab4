"""Rows of ticket lists as ready text: one `values_list`, no objects, no work in templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Left
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.memo import remembered
from desk.links import ticket_url
from tickets.attention import patience
from tickets.marks import status_look
from tickets.models import NO_DEADLINE, Status
from tickets.models.ticket import Channel, Ticket
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

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
    "waiting_since",
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
    waiting_since: datetime | None
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
    badge: SafeString
    glyph: SafeString
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
    select_label: str


def facts_of(tickets: QuerySet[Any, Any], user: User, limit: int) -> list[Facts]:
    """The columns of up to `limit` tickets, with the reader's own draft."""
    own = FilteredRelation("drafts", condition=Q(drafts__user=user.pk))
    found = tickets.annotate(own_draft=own, draft_preview=Left(F("own_draft__text"), PREVIEW))
    return [Facts(*row) for row in found.values_list(*_COLUMNS)[:limit]]


def ticket_rows(found: list[Facts], *, now: datetime, view: str = "") -> list[TicketRow]:
    """Lines for the screen; their links name the view, so that a ticket knows its list."""
    dress = partial(_row, now=now, view=view, looks=_looks())
    return [dress(facts) for facts in found]


@remembered()
def _looks() -> dict[int, tuple[SafeString, SafeString]]:
    """Badge and glyph of every status, archived ones included."""
    looks = {}
    for pk, slug, name, kind, color in Status.objects.values_list(
        "pk", "slug", "name", "kind", "color"
    ):
        look = status_look(pk, slug, kind, color)
        looks[pk] = (ui.badge(name, **look), ui.glyph(name, **look))
    return looks


def _row(
    facts: Facts, *, now: datetime, view: str, looks: dict[int, tuple[SafeString, SafeString]]
) -> TicketRow:
    badge, glyph = looks.get(facts.status_id) or (SafeString(""), SafeString(""))
    number = f"#{facts.number}"
    assignee = facts.assignee or (facts.assignee_email or "").partition("@")[0]
    return TicketRow(
        url=f"{ticket_url(facts.number, view=view)}#message-{facts.last_message_id or 0}",
        number=number,
        subject=facts.subject or _("(no subject)"),
        badge=badge,
        glyph=glyph,
        reason=reason(facts, now),
        preview=facts.draft or facts.preview,
        preview_mark=_preview_mark(facts),
        customer=facts.customer or facts.email or _("Unknown customer"),
        vip_mark=ui.icon("crown", label=_("VIP")) if facts.is_vip else "",
        origin=facts.organisation or _by_channel(facts.channel),
        priority=ui.priority_mark(facts.priority, facts.priority_rank),
        department=facts.department,
        due=due_chip(facts.next_due_at, facts.status_kind, now),
        assignee=ui.avatar(assignee, label=assignee),
        updated=ui.time_ago(facts.updated_at, now=now),
        css="unread" if facts.waiting_since else "",
        select_label=_("Select %(number)s") % {"number": number},
    )


def due_chip(due_at: datetime, kind: str, now: datetime) -> SafeString:
    """The deadline; a quiet word where the clock rests."""
    if due_at != NO_DEADLINE:
        return ui.due_chip(due_at, now=now, risk_at=due_at - risk_span())
    if kind == Kind.WAITING_CUSTOMER:
        return ui.due_chip(None, now=now, state="paused", text=_("Customer's turn"))
    if kind == Kind.WAITING_THIRD_PARTY:
        return ui.due_chip(None, now=now, state="paused", text=_("On hold"))
    return SafeString("")


def risk_span() -> timedelta:
    """A deadline is near when a quarter of the patience is left (screens.md 9.2)."""
    return patience() / 4


def reason(facts: Facts, now: datetime) -> SafeString:
    """Why the ticket stands where it stands, in a few words (N9)."""
    words, heat = _reason(facts, now)
    return format_html('<span class="reason{}">{}</span>', heat and f" reason--{heat}", words)


def _reason(facts: Facts, now: datetime) -> tuple[str, str]:
    if facts.next_due_at == NO_DEADLINE:
        return _resting(facts, now), ""
    left = facts.next_due_at - now
    heat = "hot" if left <= timedelta(0) else "warm" if left <= risk_span() else ""
    by_reason: dict[str, str] = {
        Ticket.DueReason.WAITING: _waiting(facts, now),
        Ticket.DueReason.PROMISE: _promise(left),
    }
    words = by_reason.get(facts.due_reason) or _deadline(left)
    if facts.assignee_email is None and heat:
        return _("%(reason)s, nobody assigned") % {"reason": words}, heat
    if facts.assignee_email is None and facts.is_vip:
        return _("VIP, nobody assigned"), "warm"
    return words, heat


def _waiting(facts: Facts, now: datetime) -> str:
    if facts.waiting_since is None:
        return ""
    span = ui.span_text(now - facts.waiting_since)
    return _("Customer waits %(time)s") % {"time": span}


def _promise(left: timedelta) -> str:
    if left <= timedelta(0):
        return _("Promise overdue")
    return _("Promised in %(time)s") % {"time": ui.span_text(left)}


def _deadline(left: timedelta) -> str:
    if left <= timedelta(0):
        return _("Deadline missed")
    return _("Due in %(time)s") % {"time": ui.span_text(left)}


def _resting(facts: Facts, now: datetime) -> str:
    if facts.status_kind in RESOLVED_KINDS:
        return _("Solved")
    if facts.waiting_since is not None:
        return _waiting(facts, now)
    by_kind: dict[str, str] = {
        Kind.NEW: _("New"),
        Kind.WAITING_CUSTOMER: _("Waiting for customer"),
        Kind.WAITING_THIRD_PARTY: _("Waiting for somebody else"),
        Kind.ESCALATED: _("Escalated"),
    }
    return by_kind.get(facts.status_kind) or _("Nothing is due")


def _preview_mark(facts: Facts) -> SafeString | str:
    if facts.draft:
        return format_html('<span class="tag">{}</span>', _("Draft"))
    if facts.last_by == "staff":
        return ui.icon("reply", label=_("Staff spoke last"))
    return ""


def _by_channel(channel: str) -> str:
    return _("by %(channel)s") % {"channel": Channel(channel).label}
