"""What rules bring to the stage: one of each kind with its version, and a run."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from automation.dry_run.drafts import RulesDraft
from automation.dry_run.past import try_rules
from automation.models import Rule, RuleKind, RuleRun, RuleSetVersion
from automation.versions import publish
from tickets.models import Ticket

_WAITS = {RuleKind.TRIGGER: "survey_answered", RuleKind.ESCALATION: "survey_answered"}


def rules(ticket: Ticket, *, now: datetime) -> SimpleNamespace:
    """Rules that do nothing to the stage's other tickets, by the names of their kinds."""
    rows = {kind.value: _rule(kind, now) for kind in RuleKind}
    version = RuleSetVersion.objects.filter(kind=RuleKind.ROUTING).latest("pk")
    run = RuleRun.objects.create(
        ticket=ticket,
        version=version,
        kind=RuleKind.ROUTING,
        trigger="created",
        at=now,
        outcome=RuleRun.Outcome.NO_MATCH,
    )
    dry_run = try_rules(RulesDraft.in_force(), tickets=1, actor=None, now=now)
    return SimpleNamespace(
        **rows, version=version, run=run, dry_run=dry_run, preset="keyword-priorities"
    )


def _rule(kind: RuleKind, now: datetime) -> Rule:
    trigger = "unanswered_for" if kind == RuleKind.TIMED else _WAITS.get(kind, "")
    rule = Rule.objects.create(
        kind=kind,
        name=f"A rule of {kind}",
        trigger=trigger,
        trigger_args={"amount": 4, "unit": "days"} if kind == RuleKind.TIMED else {},
        effects=[{"effect": "add_tags", "tags": ["seen"]}],
        is_enabled=False,
    )
    publish(kind, actor=None, now=now)
    return rule
