"""Escalations in the side panel of a ticket: the open ones, and who is on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from automation.escalating import cause_words
from automation.models import Escalation
from core.moments import day_time
from desk.links import ticket_url
from tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class EscalationLine:
    """One open escalation; `url` acknowledges it, empty when somebody has."""

    words: str
    standing: str
    url: str


def escalations_of(ticket: Ticket, *, now: datetime) -> list[EscalationLine]:
    """What is open, the highest level first."""
    rows = Escalation.objects.open().filter(ticket=ticket).select_related("acknowledged_by")
    return [_line(row, ticket, now) for row in rows.order_by("-level", "pk")]


def _line(row: Escalation, ticket: Ticket, now: datetime) -> EscalationLine:
    words = {"level": row.level, "cause": cause_words(row)}
    url = f"{ticket_url(ticket.number)}/escalations/{row.pk}/acknowledgement"
    return EscalationLine(
        words=_("Level %(level)d, %(cause)s") % words,
        standing=_standing(row, now),
        url="" if row.is_acknowledged else url,
    )


def _standing(row: Escalation, now: datetime) -> str:
    if row.acknowledged_at is None:
        return _("since %(time)s") % {"time": day_time(row.at, now=now)}
    name = row.acknowledged_by.display_name if row.acknowledged_by else _("Somebody")
    return _("%(name)s is on it") % {"name": name}
