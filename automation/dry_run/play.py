"""The rules of an opening played on a copy of a ticket: decided like the real ones, not done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from automation import effects
from automation.dry_run.drafts import OPENING_KINDS
from automation.effects.registry import Case, EffectFailed
from automation.engine import Decision, RuleSet, RuleSpec, overruled
from tickets.actors import Actor
from tickets.facts import Around, ticket_facts
from tickets.models import Message, Ticket

NOBODY = Actor.system("Dry run")
# Effects of other kinds that later rules see in the facts.
_ADDS, _REMOVES = "add_tags", "remove_tags"


@dataclass
class Play:
    """What the rules would make of one ticket; `told` are the other effects, in words.

    `seen` are the facts each kind of rules was held against.
    """

    ticket: Ticket
    decisions: dict[str, Decision] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def matched(self, kind: str) -> tuple[RuleSpec, ...]:
        """The rules of this kind that fit, in order."""
        found = self.decisions.get(kind)
        return found.matched if found else ()


def play(
    ticket: Ticket,
    message: Message | None,
    *,
    rule_sets: Mapping[str, RuleSet],
    now: datetime,
    around: Around | None = None,
) -> Play:
    """Classify, then route, on `ticket`, an unsaved copy that takes the values on."""
    played = Play(ticket)
    tags: set[str] = set()
    facts = ticket_facts(ticket, message=message, now=now, around=around)
    for kind in OPENING_KINDS:
        if kind not in rule_sets:
            continue
        rules = rule_sets[kind]
        # A snapshot a set: classification's values are facts for routing.
        facts = facts | _moved(ticket) | {"tags": sorted(tags)}
        decision = rules.decide(rules.listening("created"), facts)
        played.decisions[kind], played.seen[kind] = decision, facts
        _take(played, decision.matched, now)
        tags = _tagged(tags, decision.matched)
    return played


def _moved(ticket: Ticket) -> dict[str, Any]:
    return {
        "department": ticket.department_id,
        "service": ticket.service_id,
        "priority": ticket.priority_id,
        "status": ticket.status_id,
        "status_kind": str(ticket.status_kind),
        "assignee": ticket.assignee_id,
    }


def _take(played: Play, matched: Sequence[RuleSpec], now: datetime) -> None:
    """The change-set of one set on the copy, the other effects in words."""
    wanted: list[tuple[RuleSpec, int, Mapping[str, Any]]] = []
    for rule in matched:
        for number, effect in enumerate(rule.effects):
            spec = dict(effects.registry).get(effect["effect"])
            if spec is None or spec.changes is None:
                played.told.append(effects.tell_effect(effect))
                continue
            case = Case(
                ticket=played.ticket, rule=rule, key="", now=now, actor=NOBODY, trigger="created"
            )
            try:
                wanted.append((rule, number, spec.changes(case, effect)))
            except EffectFailed as failure:
                played.failed.append(f"{rule.name}: {failure}")
    values, _lost = overruled(wanted)
    for name, value in values.items():
        setattr(played.ticket, name, value)
    played.ticket.priority_rank = played.ticket.priority.rank


def _tagged(tags: set[str], matched: Sequence[RuleSpec]) -> set[str]:
    for rule in matched:
        for effect in rule.effects:
            if effect["effect"] == _ADDS:
                tags = tags | set(effect["tags"])
            elif effect["effect"] == _REMOVES:
                tags = tags - set(effect["tags"])
    return tags
