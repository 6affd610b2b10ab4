"""The log of rules for its pages: what ran, what it saw, what followed (R83, rules.md 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.arguments import choices_read_once
from automation.assigning.pages import DecisionLine, decisions_of
from automation.effects import tell_effect
from automation.models import EffectRun, Rule, RuleKind, RuleRun
from automation.run_filters import RunFilters, filtered
from automation.sentences import rule_sentence
from automation.tracing import RuleTrace, traced
from automation.triggers import registry as triggers
from automation.verdicts import LeafView, leaf_view
from core.keyset import Order, page_of

NEWEST_FIRST: Final = Order(("id",), is_descending=True)
OF_TICKET: Final = 50

_STATES: Final[Mapping[str, tuple[Any, str]]] = {
    "matched": (_("Matched"), "ok"),
    "not_matched": (_("Conditions not met"), ""),
    "off": (_("Not enabled"), ""),
    "not_reached": (_("Not reached"), "warn"),
    "elsewhere": (_("Waits for something else"), ""),
    "done": (_("Ran before in the same chain"), ""),
    "broken": (_("Broken"), "danger"),
}
_OUTCOMES: Final[Mapping[str, str]] = {
    RuleRun.Outcome.APPLIED: "ok",
    RuleRun.Outcome.NO_MATCH: "",
    RuleRun.Outcome.LOOP_GUARD: "danger",
    RuleRun.Outcome.ERROR: "danger",
}
_EFFECTS: Final[Mapping[str, str]] = {
    EffectRun.State.DONE: "ok",
    EffectRun.State.FAILED: "danger",
    EffectRun.State.GIVEN_UP: "danger",
    EffectRun.State.OVERRULED: "warn",
    EffectRun.State.NO_RECIPIENT: "warn",
}


@dataclass(frozen=True)
class Mark:
    """A word with a tone of the palette."""

    text: Any
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class RunLine:
    """One run of the list."""

    pk: int
    at: datetime
    kind: str
    occasion: str
    ticket_number: int | None
    outcome: Mark
    rules: str


@dataclass(frozen=True)
class RunList:
    """One page of the log."""

    lines: list[RunLine]
    previous_url: str
    next_url: str


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """One rule of a run: what became of it and why."""

    number: int
    name: str
    sentence: str
    mark: Mark
    why: str
    leaves: list[LeafView]
    is_open: bool


@dataclass(frozen=True)
class EffectView:
    """One effect with how it went."""

    rule: str
    text: str
    mark: Mark
    note: str


@dataclass(frozen=True, kw_only=True)
class RunView:
    """Everything a run's page shows."""

    run: RuleRun
    line: RunLine
    rules: list[RuleView]
    effects: list[EffectView]
    notes: list[str]
    chain: list[RunLine]
    assignments: list[DecisionLine]


def run_list(filters: RunFilters, asked: QueryDict) -> RunList:
    """The page of the log that was asked for, newest first."""
    page = page_of(_runs(filtered(filters)), NEWEST_FIRST, asked)
    return RunList(
        lines=list(_lines(page.rows)),
        previous_url=_url(asked, before=page.previous) if page.previous else "",
        next_url=_url(asked, after=page.next) if page.next else "",
    )


@choices_read_once()
def runs_of_ticket(ticket_id: int) -> list[RunView]:
    """What rules did to one ticket, the newest first; runs in which none matched are left out."""
    runs = _runs(RuleRun.objects.filter(ticket=ticket_id).exclude(matched=[], outcome="no_match"))
    rows = list(runs.prefetch_related("effects").order_by("-pk")[:OF_TICKET])
    names = _names_of(rows)
    return [
        RunView(
            run=run,
            line=_line(run, names),
            rules=[],
            effects=_effects(run.effects.all(), names),
            notes=[str(note) for note in run.notes],
            chain=[],
            assignments=[],
        )
        for run in rows
    ]


@choices_read_once()
def run_view(run: RuleRun) -> RunView:
    """One run with every rule it looked at, judged anew on what it saw."""
    traces = traced(run)
    names = {trace.rule.id: trace.rule.name for trace in traces}
    return RunView(
        run=run,
        line=_line(run, names),
        rules=[rule_view(trace, run) for trace in traces],
        effects=_effects(run.effects.all(), names),
        notes=[str(note) for note in run.notes],
        chain=_chain(run),
        assignments=_decisions(run),
    )


def rule_choices() -> list[tuple[str, str]]:
    """Every rule by name, for the filter."""
    rows = Rule.objects.order_by("kind", "position", "pk").values_list("pk", "name", "kind")
    return [(str(pk), f"{name} ({RuleKind(kind).label})") for pk, name, kind in rows]


def agent_choices() -> list[tuple[str, str]]:
    """Everybody who may be given tickets, for the filter."""
    return [(str(user.pk), user.display_name) for user in User.objects.staff().order_by("name")]


def _runs(runs: QuerySet[RuleRun]) -> QuerySet[RuleRun]:
    return runs.select_related("ticket").defer("facts", "found")


def _lines(runs: Sequence[RuleRun]) -> Iterator[RunLine]:
    names = _names_of(runs)
    return (_line(run, names) for run in runs)


def _names_of(runs: Sequence[RuleRun]) -> dict[int, str]:
    wanted = {pk for run in runs for pk in run.matched}
    return dict(Rule.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _line(run: RuleRun, names: Mapping[int, str]) -> RunLine:
    outcome = RuleRun.Outcome(run.outcome)
    return RunLine(
        pk=run.pk,
        at=run.at,
        kind=str(RuleKind(run.kind).label),
        occasion=str(triggers[run.trigger].label) if run.trigger in triggers else run.trigger,
        ticket_number=run.ticket.number if run.ticket else None,
        outcome=Mark(outcome.label, _OUTCOMES[outcome]),
        rules=", ".join(names.get(pk, _t("a removed rule")) for pk in run.matched),
    )


def rule_view(trace: RuleTrace, run: RuleRun) -> RuleView:
    """One rule of a run, or of a trial."""
    text, tone = _STATES[trace.state]
    why = ""
    if trace.taken_by is not None:
        why = _t("“%(name)s” stands before it and took the ticket.") % {"name": trace.taken_by.name}
    if trace.state == "broken":
        why = _t("It names something that was deleted, so it matches nothing.")
    return RuleView(
        number=trace.number,
        name=trace.rule.name,
        sentence=rule_sentence(trace.rule),
        mark=Mark(text, tone),
        why=why,
        leaves=[leaf_view(leaf, run.facts) for leaf in trace.leaves],
        is_open=trace.state in {"matched", "broken"},
    )


def _effects(rows: Iterable[EffectRun], names: Mapping[int, str]) -> list[EffectView]:
    return [
        EffectView(
            rule=names.get(row.rule_id, ""),
            text=tell_effect(row.effect),
            mark=Mark(EffectRun.State(row.state).label, _EFFECTS.get(row.state, "")),
            note=row.note,
        )
        for row in rows
    ]


def _chain(run: RuleRun) -> list[RunLine]:
    """Other runs that followed from the same first event."""
    if run.root is None:
        return []
    same = RuleRun.objects.filter(ticket=run.ticket_id, root=run.root).exclude(pk=run.pk)
    return list(_lines(list(_runs(same).order_by("pk")[:OF_TICKET])))


def _decisions(run: RuleRun) -> list[DecisionLine]:
    """Whom the run's ticket was given to because of it, and why not to others."""
    if run.ticket is None:
        return []
    return [line for line in decisions_of(run.ticket) if line.row.run_id == run.pk]


def _url(asked: QueryDict, **cursor: str) -> str:
    """The same question at another place."""
    query = asked.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update(cursor)
    return f"?{query.urlencode()}"
