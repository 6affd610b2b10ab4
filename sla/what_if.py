"""The what-if as a piece of long work: a draft in, counted outcomes out, nothing changed (N1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import clock
from core.jobs import JobKind, Work, kinds, start_job
from core.models import Job
from sla.drafts import Draft
from sla.histories import chunks, tickets_since
from sla.simulate import simulate, throughout
from sla.simulation_report import SimulationReport

KIND = "sla.what_if"
PERIODS = (30, 90, 365)
DAYS = 90


def try_draft(draft: Draft, *, days: int, actor: Any, now: datetime) -> Job:
    """Ask what a draft would have done to the tickets of the last `days`."""
    arguments = {"draft": draft.to_json(), "days": days}
    return start_job(KIND, arguments, actor=actor, now=now)


def run(work: Work) -> dict[str, Any]:
    """Play the tickets chunk by chunk, the newest first; reads only, so it may be repeated."""
    now = clock.now()
    tickets = tickets_since(work.arguments["days"], now=now)
    rules, calendars = Draft.from_json(work.arguments["draft"]).compiled()
    timeline = throughout(rules)
    report, done = SimulationReport(), 0
    work.advance(0, total=tickets.count())
    for chunk in chunks(tickets, as_of=now):
        simulate(timeline, calendars, chunk, as_of=now, report=report)
        done += len(chunk)
        work.advance(done)
    return {**report.to_json(), "as_of": now.isoformat()}


kinds.register(KIND, JobKind(_("Rules tried on past tickets"), run))
