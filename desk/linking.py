"""The incident page: what belongs to it, what its customers were told (R35)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.moments import moment_mark
from desk.links import ticket_url
from tickets.actions.incidents import is_reported_here
from tickets.incidents import parts_of, updates_of
from tickets.marks import status_badge
from tickets.models import IncidentUpdate, Ticket
from tickets.models.ticket import TicketQuerySet

MAX_TEXT = 20_000
MAX_AT_ONCE = 500
MAX_LISTED = 200
_NUMBER = re.compile(r"\d{1,18}")


class PartsForm(forms.Form):
    """Tickets by their numbers."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers of tickets"),
        help_text=gettext_lazy("Parted by commas or spaces."),
        max_length=8000,
    )

    def __init__(self, *args: Any, tickets: TicketQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tickets = tickets

    def clean_numbers(self) -> list[Ticket]:
        """The tickets. Raises ValidationError naming those the reader can't see."""
        wanted = {int(found) for found in _NUMBER.findall(self.cleaned_data["numbers"])}
        if not wanted or len(wanted) > MAX_AT_ONCE:
            words = _("Give between 1 and %(most)s numbers.")
            raise ValidationError(words % {"most": MAX_AT_ONCE})
        found = list(self.tickets.filter(number__in=wanted, merged_into=None))
        missing = wanted - {row.number for row in found}
        if missing:
            names = ", ".join(f"#{number}" for number in sorted(missing)[:20])
            raise ValidationError(_("There is no such ticket: %(numbers)s.") % {"numbers": names})
        return found


class UpdateForm(forms.Form):
    """One text for every customer affected."""

    text = forms.CharField(
        label=gettext_lazy("Message to every customer affected"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """One ticket that belongs to the incident."""

    number: int
    url: str
    subject: str
    customer: str
    status: SafeString


@dataclass(frozen=True, kw_only=True)
class Told:
    """One update, and how far it has come."""

    text: str
    author: str
    time: SafeString
    words: str
    skipped: str


@dataclass(frozen=True, kw_only=True)
class IncidentPage:
    """The page as its template prints it."""

    number: str
    subject: str
    base_url: str
    is_incident: bool
    parts: list[PartLine]
    open_count: int
    told_count: int
    has_more: bool
    told: list[Told]
    parts_form: PartsForm
    update_form: UpdateForm


def incident_page(
    ticket: Ticket,
    *,
    user: User,
    now: datetime,
    parts_form: PartsForm | None = None,
    update_form: UpdateForm | None = None,
) -> IncidentPage:
    """The page of `ticket`; a refused form keeps what was typed."""
    seen = parts_of(ticket).visible_to(user).select_related("status", "customer")
    rows = list(seen.order_by("-is_open", "pk")[: MAX_LISTED + 1])
    open_count = parts_of(ticket).visible_to(user).open().count()
    return IncidentPage(
        number=f"#{ticket.number}",
        subject=ticket.subject,
        base_url=ticket_url(ticket.number),
        is_incident=ticket.is_incident,
        parts=[_part(row) for row in rows[:MAX_LISTED]],
        open_count=open_count,
        told_count=open_count + is_reported_here(ticket),
        has_more=len(rows) > MAX_LISTED,
        told=[_told(row, now) for row in updates_of(ticket)],
        parts_form=parts_form or PartsForm(tickets=Ticket.objects.none()),
        update_form=update_form or UpdateForm(),
    )


def _part(row: Ticket) -> PartLine:
    return PartLine(
        number=row.number,
        url=ticket_url(row.number),
        subject=row.subject or _("(no subject)"),
        customer=row.customer.display_name,
        status=status_badge(row.status),
    )


def _told(row: IncidentUpdate, now: datetime) -> Told:
    facts = vars(row)
    count = {"posted": facts["posted"], "count": facts["count"]}
    skipped = _("%(n)s left out") % {"n": facts["skipped"]} if facts["skipped"] else ""
    return Told(
        text=row.text,
        author=row.author.display_name if row.author else "",
        time=moment_mark(row.at, now=now),
        words=_("In %(posted)s of %(count)s tickets") % count,
        skipped=skipped,
    )
