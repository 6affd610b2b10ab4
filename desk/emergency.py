"""The side panel of an emergency: milestones with their times, pages, and how to begin both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from automation.models import Milestone, MilestoneSet, OnCallSchedule, Page
from automation.on_call.access import visible_pages
from automation.on_call.page_facts import PageLine, page_line
from core.moments import day_time
from core.times import span_text
from desk.links import ticket_url
from tickets.models import Ticket

MAX_PAGES = 5


@dataclass(frozen=True, kw_only=True)
class MilestoneLine:
    """One milestone: what, by when or since when, and its button."""

    label: str
    due: str
    url: str
    is_done: bool
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """What runs, and what may be started."""

    base_url: str
    milestones: list[MilestoneLine]
    pages: list[PageLine]
    milestones_form: MilestonesForm | None
    call_form: CallForm | None
    is_running: bool
    is_shown: bool


class MilestonesForm(forms.Form):
    """Which protocol."""

    milestone_set = forms.ModelChoiceField(
        MilestoneSet.objects.filter(archived_at=None),
        label=gettext_lazy("Milestones"),
        empty_label=None,
    )


class CallForm(forms.Form):
    """Whom to call for what."""

    schedule = forms.ModelChoiceField(
        OnCallSchedule.objects.active(), label=gettext_lazy("On-call schedule"), empty_label=None
    )
    cause = forms.CharField(label=gettext_lazy("Cause"), max_length=120)


def emergency_of(ticket: Ticket, *, user: User, now: datetime) -> Emergency:
    """Milestones in the order they are due; pages that are open or were for this ticket."""
    shown = Q(dropped_at=None) | Q(missed_at__isnull=False)
    rows = list(Milestone.objects.filter(shown, ticket=ticket).order_by("due_at", "pk"))
    pages = visible_pages(Page.objects.filter(ticket=ticket), user)
    called = pages.select_related("schedule", "acknowledged_by").prefetch_related("steps__user")
    lines = [_line(row, ticket, now) for row in rows]
    calls = [page_line(row, now=now) for row in called[:MAX_PAGES]]
    is_open = ticket.is_open
    return Emergency(
        base_url=ticket_url(ticket.number),
        milestones=lines,
        pages=calls,
        milestones_form=MilestonesForm() if is_open else None,
        call_form=CallForm() if is_open and OnCallSchedule.objects.active().exists() else None,
        is_running=any(row.is_open for row in rows),
        is_shown=is_open or bool(lines or calls),
    )


def _line(row: Milestone, ticket: Ticket, now: datetime) -> MilestoneLine:
    return MilestoneLine(
        label=row.label,
        due=_due(row, now),
        url=f"{ticket_url(ticket.number)}/milestones/{row.pk}/completion" if row.is_open else "",
        is_done=row.done_at is not None,
        is_late=row.missed_at is not None or row.is_late(now),
    )


def _due(row: Milestone, now: datetime) -> str:
    if row.done_at is not None:
        words = _("done late, %(time)s") if row.missed_at else _("done %(time)s")
        return words % {"time": day_time(row.done_at, now=now)}
    if row.dropped_at is not None:
        return _("missed %(time)s") % {"time": day_time(row.due_at, now=now)}
    if row.due_at <= now:
        return _("overdue %(span)s") % {"span": span_text(now - row.due_at)}
    return _("due in %(span)s") % {"span": span_text(row.due_at - now)}
