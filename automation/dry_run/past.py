"""Rules tried on the last tickets, as a piece of long work: a diff against what happened (N3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from automation.dry_run.drafts import RulesDraft
from automation.dry_run.openings import Opened, World, newest_tickets, openings
from automation.dry_run.play import Play, play
from automation.engine import RuleSet
from automation.models import RuleKind
from core import clock
from core.jobs import JobKind, Work, kinds, start_job
from core.models import Job

KIND: Final = "automation.dry_run"
TICKETS: Final = 500
MOST: Final = 10_000
LISTED: Final = 200
COMPARED: Final = ("department", "priority", "service")


@dataclass
class Difference:
    """One ticket that would have gone elsewhere; values are keys of rows."""

    number: int
    was: dict[str, int | None]
    would: dict[str, int | None]
    rules: list[str]

    def to_json(self) -> dict[str, Any]:
        return vars(self)


@dataclass
class PastReport:
    """What a run over past tickets has found so far."""

    tickets: int = 0
    differing: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    matches: Counter[int] = field(default_factory=Counter)
    unmatched: int = 0
    differences: list[Difference] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, opened: Opened, played: Play) -> None:
        """Count one ticket."""
        self.tickets += 1
        rules = [rule for kind in RuleKind.values for rule in played.matched(kind)]
        self.matches.update(rule.id for rule in rules)
        self.unmatched += not rules
        self.failed.update(played.failed)
        was, would = outcome_then(opened), outcome_now(played)
        changed = [name for name in COMPARED if was[name] != would[name]]
        self.fields.update(changed)
        if not changed:
            return
        self.differing += 1
        if len(self.differences) < LISTED:
            names = [rule.name for rule in rules]
            self.differences.append(Difference(opened.ticket.number, was, would, names))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as a job keeps them."""
        return {
            "tickets": self.tickets,
            "differing": self.differing,
            "fields": dict(self.fields),
            "matches": {str(pk): count for pk, count in self.matches.items()},
            "unmatched": self.unmatched,
            "failed": dict(self.failed.most_common(20)),
            "differences": [row.to_json() for row in self.differences],
        }


def outcome_then(opened: Opened) -> dict[str, int | None]:
    """Where the rules of that time sent the ticket."""
    return {name: getattr(opened, name) for name in COMPARED}


def outcome_now(played: Play) -> dict[str, int | None]:
    """Where the tried rules would send it."""
    ticket = played.ticket
    return {name: getattr(ticket, f"{name}_id") for name in COMPARED}


def try_rules(draft: RulesDraft, *, tickets: int, actor: Any, now: datetime) -> Job:
    """Ask what the rules of `draft` would have done with the last `tickets`."""
    arguments = {"draft": draft.to_json(), "tickets": min(tickets, MOST)}
    return start_job(KIND, arguments, actor=actor, now=now)


def play_opening(opened: Opened, rule_sets: Mapping[str, RuleSet]) -> Play:
    """One past opening under other rules."""
    return play(
        opened.ticket,
        opened.message,
        rule_sets=rule_sets,
        now=opened.ticket.created_at,
        around=opened.around,
    )


def play_tickets(
    ids: Iterable[int], rule_sets: Mapping[str, RuleSet], *, report: PastReport
) -> Iterable[int]:
    """Play tickets in chunks; yields how many are done after each."""
    done = 0
    for chunk in openings(ids, world=World.read()):
        for opened in chunk:
            report.add(opened, play_opening(opened, rule_sets))
        done += len(chunk)
        yield done


def run(work: Work) -> dict[str, Any]:
    """Play the newest tickets first; reads only, so it may be repeated."""
    draft = RulesDraft.from_json(work.arguments["draft"])
    ids = newest_tickets(work.arguments["tickets"])
    report = PastReport()
    work.advance(0, total=len(ids))
    for done in play_tickets(ids, draft.rule_sets(), report=report):
        work.advance(done)
    return {**report.to_json(), "as_of": clock.now().isoformat()}


kinds.register(KIND, JobKind(_("Rules tried on past tickets"), run))
