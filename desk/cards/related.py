"""The card of related tickets: parts, splits, mentions, and what was merged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from desk.cards.card import Card
from desk.links import ticket_url
from tickets.actions.merging import REVERSIBLE
from tickets.marks import status_glyph
from tickets.models import Merge, Ticket, TicketLink

MAX_SHOWN = 20
_Kind = TicketLink.Kind


@dataclass(frozen=True, kw_only=True)
class RelatedLine:
    """Another ticket, and how it belongs to this one."""

    url: str
    glyph: SafeString
    subject: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class MergedLine:
    """A ticket that is part of this one; with an address to take that back, while it can be."""

    words: str
    removal_url: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Related:
    """The card as its template prints it."""

    count: SafeString
    lines: list[RelatedLine]
    merged: list[MergedLine]
    is_incident: bool
    is_part: bool


def related_of(ticket: Ticket, user: User, now: datetime) -> Related:
    """Three statements; tickets the reader can't see are absent."""
    links = list(TicketLink.objects.filter(Q(source=ticket) | Q(target=ticket)).order_by("pk"))
    others = {row.target_id if row.source_id == ticket.pk else row.source_id for row in links}
    seen = Ticket.objects.visible_to(user).filter(pk__in=others).select_related("status")
    tickets = seen.in_bulk()
    lines = [line for row in links if (line := _line(row, ticket, tickets)) is not None]
    merged = _merged(ticket, now)
    return Related(
        count=ui.counter(len(lines) + len(merged), unit=_("tickets")),
        lines=lines[:MAX_SHOWN],
        merged=merged,
        is_incident=ticket.is_incident,
        is_part=any(row.kind == _Kind.PART and row.source_id == ticket.pk for row in links),
    )


def _line(link: TicketLink, ticket: Ticket, tickets: dict[int, Ticket]) -> RelatedLine | None:
    is_ours = link.source_id == ticket.pk
    other = tickets.get(link.target_id if is_ours else link.source_id)
    if other is None:
        return None
    return RelatedLine(
        url=ticket_url(other.number),
        glyph=status_glyph(other.status),
        subject=f"#{other.number} {other.subject or _('(no subject)')}",
        relation=_words(link.kind, is_ours=is_ours),
    )


def _words(kind: str, *, is_ours: bool) -> str:
    """How the other ticket stands to this one."""
    ours, theirs = {
        _Kind.PART: (_("whole"), _("part")),
        _Kind.SPLIT: (_("split from"), _("split off")),
        _Kind.FOLLOWS: (_("before"), _("after")),
        _Kind.REFERRAL: (_("other department"), _("other department")),
    }.get(_Kind(kind)) or (_("mentioned"), _("mentions this"))
    return ours if is_ours else theirs


def _merged(ticket: Ticket, now: datetime) -> list[MergedLine]:
    standing = Merge.objects.standing().filter(merged__merged_into=ticket)
    rows = standing.select_related("merged__customer").order_by("-pk")[:MAX_SHOWN]
    base = ticket_url(ticket.number, part="merges")
    return [
        MergedLine(
            words=f"#{row.merged.number} {row.merged.customer.display_name}",
            removal_url=f"{base}/{row.pk}/removal" if now <= row.at + REVERSIBLE else "",
            label=_("Take #%(number)s out again") % {"number": row.merged.number},
        )
        for row in rows
    ]


CARD = Card(template="desk/cards/related.html", build=related_of)
