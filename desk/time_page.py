"""Where the time of a ticket went: the bar, the accounts of its clocks, what managers decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.moments import moment_mark
from core.times import Times
from desk.deadlines import ClockFacts, clock_mark
from desk.links import ticket_url
from desk.time_forms import CorrectionForm, DecisionForm, ExclusionForm, ExcuseForm, PolicyForm
from sla import explain
from sla.durations import exact_text, spent_text
from sla.permissions import may_decide
from sla.sentences import cause_words
from sla.telling import ClockStory, TicketStory, story_of
from tickets.models import Ticket

BAR = 1000
GAP = 3
LEAST = 6
_CSS = {
    explain.US: "k-us",
    explain.NOBODY: "k-nobody",
    explain.CUSTOMER: "k-them",
    explain.THIRD_PARTY: "k-hold",
    explain.SOLVED: "k-solved",
    explain.AWAY: "k-away",
    explain.CLOSED: "k-closed",
}


@dataclass(frozen=True)
class Segment:
    """One part of the bar and its line beside it; positions are thousandths."""

    css: str
    x: int
    width: int
    words: str
    time: str
    percent: str


@dataclass(frozen=True)
class Bar:
    """The bar, and the same said in words."""

    segments: list[Segment]
    words: str


@dataclass(frozen=True)
class Line:
    """One line of a clock's account."""

    start: SafeString
    end: SafeString
    state: str
    css: str
    cause: str
    time: str
    calendar: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One clock: chip, sentence, account, and what may be decided about it."""

    key: str
    name: str
    mark: SafeString
    sentence: str
    lines: list[Line]
    total: str
    url: str
    excuse: DecisionForm | None
    correction: DecisionForm | None
    is_open: bool
    is_live: bool


class TimePage:
    """The page of one ticket's time for one reader."""

    def __init__(self, ticket: Ticket, *, user: User, now: datetime) -> None:
        self.ticket = ticket
        self.user = user
        self.now = now
        self.base_url = ticket_url(ticket.number)
        self.url = f"{self.base_url}/time"
        self.number = f"#{ticket.number}"
        self.refused: DecisionForm | None = None

    @cached_property
    def story(self) -> TicketStory:
        return story_of(self.ticket, now=self.now)

    @cached_property
    def bar(self) -> Bar | None:
        return bar_of(self.story.shares)

    @cached_property
    def cards(self) -> list[Card]:
        return [self._card(story) for story in self.story.clocks]

    @cached_property
    def sentences(self) -> list[str]:
        """Why the deadlines that run are what they are."""
        return [row.sentence for row in self.story.clocks if row.clock.is_live]

    @property
    def exclusion_words(self) -> str:
        """Why the ticket has no deadlines, if so."""
        coverage = self.story.coverage
        return str(coverage.case["excluded"]) if coverage else ""

    @property
    def is_refused(self) -> bool:
        """Whether a decision about the whole ticket came back with a complaint."""
        return self.refused is not None and self.refused.clock is None

    @property
    def may_decide(self) -> bool:
        return self.story.coverage is not None and may_decide(self.user, self.ticket)

    @property
    def may_return(self) -> bool:
        """Whether somebody excluded it by hand; what a policy excludes is not for this page."""
        coverage = self.story.coverage
        return coverage is not None and bool(coverage.case["excluded_by_hand"])

    @cached_property
    def exclusion(self) -> DecisionForm:
        return self._form(ExclusionForm)

    @cached_property
    def policy(self) -> DecisionForm:
        coverage = self.story.coverage
        is_pinned = coverage is not None and coverage.case["is_pinned"]
        initial = {"policy": str(coverage.case["policy"])} if coverage and is_pinned else {}
        return self._form(PolicyForm, initial=initial)

    def _form(self, kind: type[DecisionForm], *, initial: Any = None) -> DecisionForm:
        """The form as it was refused, else an empty one."""
        if type(self.refused) is kind:
            return self.refused
        return kind(ticket=self.ticket, initial=initial)

    def _card(self, story: ClockStory) -> Card:
        clock, account = story.clock, story.account
        state, refused = account.state, self.refused
        is_mine = refused is not None and refused.clock == clock
        facts = ClockFacts(
            clock.metric,
            state.state,
            state.due_at,
            state.risk_at,
            None if state.voided_at else state.breached_at,
            state.elapsed_s,
        )
        return Card(
            key=f"clock-{clock.pk}",
            name=story.name,
            mark=clock_mark(facts, self.ticket.status, Times(self.now)),
            sentence=story.sentence,
            lines=[self._line(row) for row in account.rows],
            total=exact_text(state.elapsed_s),
            url=f"{self.url}/clocks/{clock.pk}",
            excuse=self._of_clock(ExcuseForm, story) if state.is_breached else None,
            correction=self._of_clock(CorrectionForm, story) if account.rows else None,
            is_open=is_mine,
            is_live=clock.is_live,
        )

    def _of_clock(self, kind: type[DecisionForm], story: ClockStory) -> DecisionForm:
        refused = self.refused
        if type(refused) is kind and refused.clock == story.clock:
            return refused
        return kind(ticket=self.ticket, clock=story.clock)

    def _line(self, row: explain.Row) -> Line:
        return Line(
            start=moment_mark(row.start, now=self.now),
            end=moment_mark(row.end, now=self.now),
            state=_state_words(row.state),
            css="" if row.state == explain.RUNNING else "off",
            cause=cause_words(row.cause) if row.cause else "",
            time=exact_text(row.seconds),
            calendar=self.story.versions.get(row.calendar, ""),
        )


def bar_of(shares: Sequence[explain.Share]) -> Bar | None:
    """The bar of a ticket's time; None before a second has passed."""
    total = sum(share.seconds for share in shares)
    if not total:
        return None
    widths = _widths([share.seconds for share in shares])
    segments, x = [], 0
    for share, width in zip(shares, widths, strict=True):
        segments.append(
            Segment(
                css=_CSS[share.holder],
                x=x,
                width=width,
                words=holder_words(share),
                time=spent_text(share.seconds),
                percent=_("%(number)d %%") % {"number": round(100 * share.seconds / total)},
            )
        )
        x += width + GAP
    parts = ", ".join(f"{row.words} {row.time}" for row in segments)
    words = _("Of %(total)s: %(parts)s") % {"total": spent_text(total), "parts": parts}
    return Bar(segments, words)


def holder_words(share: explain.Share) -> str:
    """Who held the ticket."""
    if share.holder == explain.US:
        return _("With %(name)s") % {"name": share.name}
    return {
        explain.NOBODY: _("Nobody assigned"),
        explain.CUSTOMER: _("With the customer"),
        explain.THIRD_PARTY: _("On hold"),
        explain.SOLVED: _("Solved"),
        explain.AWAY: _("Out of the queue"),
    }.get(share.holder, _("Outside our hours"))


def _widths(seconds: Sequence[int]) -> list[int]:
    """Thousandths of the bar without its gaps; even a short time is seen."""
    room = BAR - GAP * (len(seconds) - 1)
    least = [max(LEAST, room * part // sum(seconds)) for part in seconds]
    widest = least.index(max(least))
    least[widest] += room - sum(least)
    return least


def _state_words(state: str) -> str:
    return {
        explain.RUNNING: _("Running"),
        explain.PAUSED: _("Paused"),
        explain.CLOSED: _("Closed hours"),
    }.get(state, _("Stopped"))
