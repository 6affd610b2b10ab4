"""The story of one ticket's deadlines: what explain and sentences make of its stored past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, When
from django.utils.translation import gettext as _

from calendars.engine import Calendar
from calendars.models import CalendarVersion
from calendars.versions import compiled, default_calendar
from calendars.words import week_text
from sla.durations import metric_name
from sla.explain import TOLD_BY, Account, Share, account_of, shares_of, stretches_of
from sla.following import facts_of
from sla.ledger import Entry
from sla.models import ClockEntry, Coverage, SlaClock
from sla.sentences import deadline_sentence
from sla.versions import stored_calendars
from tickets.models import Ticket


@dataclass(frozen=True)
class ClockStory:
    """One clock: its row, its account, and why its deadline is what it is."""

    clock: SlaClock
    account: Account
    name: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class TicketStory:
    """Where the time of a ticket went."""

    shares: list[Share]
    clocks: list[ClockStory]
    versions: dict[int, str]
    coverage: Coverage | None


def story_of(ticket: Ticket, *, now: datetime) -> TicketStory:
    """Everything stored about the time of `ticket`, as of `now`; running clocks come first."""
    history = facts_of(ticket.events.filter(kind__in=TOLD_BY).order_by("pk"))
    rows = SlaClock.objects.filter(ticket=ticket).prefetch_related("entries").order_by("pk")
    accounts = {
        clock: account_of(
            (clock.metric, clock.cycle),
            [Entry(row.kind, row.at, row.data) for row in clock.entries.all()],
            stored_calendars,
            history=history,
            as_of=now,
        )
        for clock in rows
    }
    used = _versions(accounts.values())
    names = {row.pk: _calendar_name(row) for row in used}
    told = [
        ClockStory(clock, account, _name(clock), deadline_sentence(account, names, now=now))
        for clock, account in accounts.items()
    ]
    return TicketStory(
        shares=shares_of(stretches_of(history, now), _calendar(accounts.values())),
        clocks=sorted(told, key=lambda row: (not row.clock.is_live, row.clock.pk)),
        versions={row.pk: _version_name(row) for row in used},
        coverage=Coverage.objects.filter(pk=ticket.pk).first(),
    )


def time_shares(ticket: Ticket, *, now: datetime) -> list[Share]:
    """Only who held the ticket for how long: two statements, for pages that show little else."""
    history = facts_of(ticket.events.filter(kind__in=TOLD_BY).order_by("pk"))
    used = ClockEntry.objects.filter(clock__ticket=ticket, data__has_key="calendar")
    is_resolution = Case(When(clock__metric="resolution", then=0), default=1)
    newest = used.order_by(is_resolution, "-pk").values_list("data__calendar", flat=True).first()
    calendar = stored_calendars[newest] if newest else compiled(default_calendar())
    return shares_of(stretches_of(history, now), calendar)


def _calendar(accounts: Iterable[Account]) -> Calendar:
    """The hours that are working time: of the resolution, else of any clock, else of the house."""
    ordered = sorted(accounts, key=lambda row: row.metric != "resolution")
    return stored_calendars[ordered[0].state.calendar] if ordered else compiled(default_calendar())


def _versions(accounts: Iterable[Account]) -> list[CalendarVersion]:
    """Every version that counted, with its place among those of its calendar."""
    used = {row.calendar for account in accounts for row in account.rows}
    used |= {terms.calendar for account in accounts for terms in account.terms}
    until = Q(calendar__versions__pk__lte=F("pk"))
    rows = CalendarVersion.objects.filter(pk__in=used).select_related("calendar")
    return list(rows.annotate(place=Count("calendar__versions", filter=until)))


def _calendar_name(version: CalendarVersion) -> str:
    if version.spec.get("always"):
        return version.calendar.name
    return f"{version.calendar.name} ({week_text(version.spec)})"


def _version_name(version: CalendarVersion) -> str:
    facts = {"calendar": version.calendar.name, "number": vars(version)["place"]}
    return _("%(calendar)s, version %(number)d") % facts


def _name(clock: SlaClock) -> str:
    name = metric_name(clock.metric)
    return name if clock.cycle == 1 else f"{name} {clock.cycle}"
