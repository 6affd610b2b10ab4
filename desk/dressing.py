"""From the columns of a ticket to the words and marks of its line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Department
from core import ui
from core.memo import remembered
from core.moments import day_time
from core.quick_html import fill
from core.times import Times
from desk.cells import CELLS
from desk.columns import DEFAULT, Heading, css_of, headings, known
from desk.deadlines import heat_of
from desk.links import ticket_url
from desk.rows import Facts, TicketRow
from sla.models import Metric
from tickets import vocabulary
from tickets.attention import patience
from tickets.marks import status_look
from tickets.models import NO_DEADLINE, Priority, Service, Status
from tickets.models.ticket import Channel, Ticket
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

_PASSED = timedelta(0)


class TicketRows(list[TicketRow]):
    """The lines of one list, and the headings above them."""

    headings: tuple[Heading, ...]

    @property
    def plain(self) -> SafeString:
        """All lines as markup."""
        return _joined([row.plain for row in self])

    @property
    def selectable(self) -> SafeString:
        """The same with a box on each line."""
        return _joined([row.selectable for row in self])


def ticket_rows(
    found: list[Facts], *, now: datetime, view: str = "", columns: Collection[str] = DEFAULT
) -> TicketRows:
    """Lines for the screen; their links name the view, so that a ticket knows its list."""
    dresser = Dresser(now=now, view=view, columns=columns)
    rows = TicketRows(map(dresser.row, found))
    rows.headings = headings(columns)
    return rows


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said on many lines, in the reader's language."""

    select: str
    no_subject: str
    somebody: str
    nobody: str
    vip: str
    waits: str
    unassigned: str
    vip_unassigned: str
    draft: str
    escalated: str
    snoozed: str
    staff_last: str
    promise_late: str
    promise_soon: str
    missed: str
    due: str
    late: dict[str, str]
    soon: dict[str, str]
    solved: str
    solved_late: str
    nothing: str
    by_kind: dict[str, str]
    by_channel: dict[str, str]
    channels: dict[str, str]


class Dresser:
    """Dresses the lines of one page; what does not change from line to line is worked out once."""

    def __init__(
        self, *, now: datetime, view: str = "", columns: Collection[str] = DEFAULT
    ) -> None:
        self.now = now
        self.shown = frozenset(columns)
        self.columns = known(columns)
        self.cells = [CELLS[column] for column in self.columns]
        self.before = 1 if "status" in self.shown else 0
        patterns = [f'<td class="{css_of(column)}">{{}}</td>' for column in self.columns]
        self.patterns = "".join(patterns[: self.before]), "".join(patterns[self.before :])
        # Few priorities and departments stand on many lines: their cell is made once.
        self.urgencies: dict[tuple[int, int], SafeString] = {}
        self.priorities = Names(vocabulary.priorities(), Priority)
        self.departments: Names = Names(vocabulary.departments(), Department)
        self.services: Names = Names(vocabulary.services(), Service)
        self.times = Times(now)
        self.zone = self.times.zone
        self.suffix = ticket_url(0, view=view).removeprefix(ticket_url(0))
        self.statuses = status_marks()
        self.near = risk_span()
        self.words: Words = _words(get_language())

    def row(self, facts: Facts) -> TicketRow:
        """One line, every cell ready to print."""
        words, before = self.words, self.before
        cells = [dress(self, facts) for dress in self.cells]
        return TicketRow(
            id=facts.id,
            select=words.select % {"number": facts.number},
            url=f"{ticket_url(facts.number)}{self.suffix}#message-{facts.last_message_id or 0}",
            number=f"#{facts.number}",
            subject=facts.subject or words.no_subject,
            flag=self.flag(facts.escalation_level),
            reason=self.reason(facts),
            preview=facts.draft or facts.preview,
            preview_mark=self.preview_mark(facts),
            before=fill(self.patterns[0], *cells[:before]),
            behind=fill(self.patterns[1], *cells[before:]),
            css="unread" if facts.waiting_since else "",
        )

    def status(self, facts: Facts) -> StatusMark:
        """How the ticket stands."""
        return self.statuses.get(facts.status_id, _UNKNOWN)

    def flag(self, level: int) -> SafeString | str:
        """That the ticket is escalated, beside its subject."""
        words = self.words.escalated
        return ui.glyph(words % {"level": level}, glyph="up", tone="escalated") if level else ""

    def reason(self, facts: Facts) -> SafeString:
        """Why the ticket stands where it stands, in a few words (N9)."""
        words, heat = self._reason(facts)
        return fill('<span class="reason{}">{}</span>', heat and f" reason--{heat}", words)

    def ago(self, moment: datetime) -> SafeString:
        """How long ago; the exact time as title, in a plain form that costs little."""
        return fill(
            '<time-ago><time datetime="{}" title="{}">{}</time></time-ago>',
            moment.astimezone(UTC).isoformat(timespec="seconds"),
            moment.astimezone(self.zone).isoformat(sep=" ", timespec="minutes")[:16],
            self.times.ago_text(moment),
        )

    def preview_mark(self, facts: Facts) -> SafeString | str:
        """The reader's own draft, or who spoke last."""
        if facts.draft:
            return fill('<span class="tag">{}</span>', self.words.draft)
        if facts.last_by == "staff":
            return ui.icon("reply", label=self.words.staff_last)
        return ""

    def _reason(self, facts: Facts) -> tuple[str, str]:
        if facts.snoozed_until is not None:
            time = day_time(facts.snoozed_until, now=self.now)
            return self.words.snoozed % {"time": time}, ""
        if facts.next_due_at == NO_DEADLINE:
            return self._resting(facts), ""
        left, heat = facts.next_due_at - self.now, heat_of(facts, now=self.now, near=self.near)
        words = self._due_words(facts, left)
        if facts.assignee_id is None and heat:
            return self.words.unassigned % {"reason": words}, heat
        if facts.assignee_id is None and facts.is_vip:
            return self.words.vip_unassigned, "warm"
        return words, heat

    def _due_words(self, facts: Facts, left: timedelta) -> str:
        if facts.due_reason == Ticket.DueReason.WAITING and facts.waiting_since is not None:
            return self._waiting(facts.waiting_since)
        if facts.due_reason == Ticket.DueReason.PROMISE:
            late, soon = self.words.promise_late, self.words.promise_soon
        else:
            late = self.words.late.get(facts.sla_metric, self.words.missed)
            soon = self.words.soon.get(facts.sla_metric, self.words.due)
        return late if left <= _PASSED else soon % {"time": self.times.span_text(left)}

    def _resting(self, facts: Facts) -> str:
        if facts.status_kind in RESOLVED_KINDS:
            is_late = facts.sla_state == Ticket.SlaState.FAILED
            return self.words.solved_late if is_late else self.words.solved
        if facts.waiting_since is not None:
            return self._waiting(facts.waiting_since)
        return self.words.by_kind.get(facts.status_kind, self.words.nothing)

    def _waiting(self, since: datetime) -> str:
        return self.words.waits % {"time": self.times.span_text(self.now - since)}


def _joined(lines: list[SafeString]) -> SafeString:
    return fill("{}" * len(lines), *lines)


class Names(dict[int, str]):
    """Names of rows by id; archived ones are asked for only when a line needs one."""

    def __init__(self, in_use: vocabulary.Rows[Any], model: type[Model]) -> None:
        super().__init__({0: "", **in_use.names})
        self._model = model

    def __missing__(self, pk: int) -> str:
        self.update(self._model._default_manager.values_list("pk", "name"))
        return self.setdefault(pk, "")


def risk_span() -> timedelta:
    """A deadline is near when a quarter of the patience is left (screens.md 9.2)."""
    return patience() / 4


@dataclass(frozen=True)
class StatusMark:
    """A status by name and as a badge."""

    name: str
    badge: SafeString | str


_UNKNOWN = StatusMark("", "")


@remembered()
def status_marks() -> dict[int, StatusMark]:
    """Every status, archived ones included."""
    columns = Status.objects.values_list("pk", "slug", "name", "kind", "color")
    return {
        pk: StatusMark(name, ui.badge(name, **status_look(pk, slug, kind, color)))
        for pk, slug, name, kind, color in columns
    }


@lru_cache(maxsize=16)
def _words(_language: str | None) -> Words:
    by = _("by %(channel)s")
    return Words(
        select=_("Select #%(number)d"),
        no_subject=_("(no subject)"),
        somebody=_("Unknown customer"),
        nobody=_("Nobody assigned"),
        vip=_("VIP"),
        waits=_("Customer waits %(time)s"),
        unassigned=_("%(reason)s, nobody assigned"),
        vip_unassigned=_("VIP, nobody assigned"),
        draft=_("Draft"),
        escalated=_("Escalated, level %(level)d"),
        snoozed=_("Snoozed until %(time)s"),
        staff_last=_("Staff spoke last"),
        promise_late=_("Promise overdue"),
        promise_soon=_("Promised in %(time)s"),
        missed=_("Deadline missed"),
        due=_("Due in %(time)s"),
        late=_late_words(),
        soon=_soon_words(),
        solved=_("Solved"),
        solved_late=_("Solved, deadline missed"),
        nothing=_("Nothing is due"),
        by_kind={
            Kind.NEW: _("New"),
            Kind.WAITING_CUSTOMER: _("Waiting for customer"),
            Kind.WAITING_THIRD_PARTY: _("Waiting for somebody else"),
            Kind.ESCALATED: _("Escalated"),
        },
        by_channel={row.value: by % {"channel": row.label} for row in Channel},
        channels={row.value: str(row.label) for row in Channel},
    )


def _late_words() -> dict[str, str]:
    return {
        Metric.ACKNOWLEDGE: _("Acknowledgement overdue"),
        Metric.FIRST_RESPONSE: _("First response overdue"),
        Metric.NEXT_RESPONSE: _("Next response overdue"),
        Metric.UPDATE: _("Update overdue"),
        Metric.RESOLUTION: _("Resolution overdue"),
    }


def _soon_words() -> dict[str, str]:
    return {
        Metric.ACKNOWLEDGE: _("Acknowledgement due in %(time)s"),
        Metric.FIRST_RESPONSE: _("First response due in %(time)s"),
        Metric.NEXT_RESPONSE: _("Next response due in %(time)s"),
        Metric.UPDATE: _("Update due in %(time)s"),
        Metric.RESOLUTION: _("Resolution due in %(time)s"),
    }
