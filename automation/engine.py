"""Which rules of a version fit, and in which order: pure, from facts alone (rules.md 1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.conditions import Case, Compiled, Trace, Tree

# At most three rounds follow from one first event (rules.md 4).
MAX_ROUNDS: Final = 3
FIRST_MATCH: Final = frozenset(["routing"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """One rule as a version keeps it; see `automation.models.Rule`."""

    id: int
    name: str
    kind: str
    trigger: str = ""
    trigger_args: Mapping[str, Any] = field(default_factory=dict)
    conditions: Tree = field(default_factory=dict)
    effects: tuple[Mapping[str, Any], ...] = ()
    goes_on: bool = False
    stops: bool = False
    overrides_agents: bool = False
    level: int = 0
    calendar: int | None = None
    department: int | None = None
    owner: int | None = None
    is_enabled: bool = True

    @property
    def ends(self) -> bool:
        """Whether no rule behind it is asked once it has matched."""
        return not self.goes_on if self.kind in FIRST_MATCH else self.stops

    @classmethod
    def from_spec(cls, row: Mapping[str, Any]) -> RuleSpec:
        """The rule one row of a version describes."""
        return cls(**{**row, "effects": tuple(row["effects"])})


@dataclass(frozen=True)
class Decision:
    """The rules that fit, in order, and what they were held against."""

    matched: tuple[RuleSpec, ...]
    looked_at: tuple[RuleSpec, ...]
    case: Case


class RuleSet:
    """The rules of one version, compiled once; `judged` replaces trees that name deleted rows."""

    def __init__(
        self,
        rules: Sequence[RuleSpec],
        *,
        version_id: int = 0,
        judged: Callable[[Tree], Tree] = lambda tree: tree,
    ) -> None:
        self.version_id = version_id
        self.rules = tuple(rules)
        self._number = {rule.id: number for number, rule in enumerate(self.rules)}
        self._compiled = Compiled([judged(rule.conditions) for rule in self.rules])
        self._effects = {
            told["effect"] for rule in self.rules if rule.is_enabled for told in rule.effects
        }
        self._by_trigger: dict[str, list[RuleSpec]] = {}
        for rule in self.rules:
            if rule.is_enabled:
                self._by_trigger.setdefault(rule.trigger, []).append(rule)

    def listening(self, trigger: str) -> list[RuleSpec]:
        """Enabled rules of this trigger, in their order; kinds without triggers listen always."""
        return self._by_trigger.get(trigger) or self._by_trigger.get("", [])

    def does(self, effect: str) -> bool:
        """Whether any enabled rule has this effect."""
        return effect in self._effects

    def rule(self, rule_id: int) -> RuleSpec | None:
        """The rule with this id, if this version has it."""
        number = self._number.get(rule_id)
        return None if number is None else self.rules[number]

    def decide(
        self,
        among: Sequence[RuleSpec],
        facts: Mapping[str, Any],
        *,
        found: Mapping[str, list[Any]] | None = None,
    ) -> Decision:
        """Hold the rules `among` against `facts`; how many may match follows from their kind.

        `found` are the words an earlier decision found in the same texts: they are not read again.
        """
        case = self._compiled.case(facts, found=found)
        matched: list[RuleSpec] = []
        looked_at: list[RuleSpec] = []
        for rule in among:
            looked_at.append(rule)
            if not case.matches(self._number[rule.id]):
                continue
            matched.append(rule)
            if rule.ends:
                break
        return Decision(tuple(matched), tuple(looked_at), case)

    def trace(self, rule: RuleSpec, case: Case) -> Trace:
        """Every condition of `rule` as `case` has it."""
        return case.trace(self._number[rule.id])


def overruled(
    wanted: Sequence[tuple[RuleSpec, int, Mapping[str, Any]]], *, kept: Collection[str] = ()
) -> tuple[dict[str, Any], list[tuple[RuleSpec, int, str]]]:
    """One change-set out of what rules want, in order: the first writer of a field wins.

    `wanted` are (rule, number of the effect, {field: value}); `kept` are fields an agent set in
    the same step. Returns the values and (rule, number, why) for each effect that lost a field.
    """
    writers: dict[str, RuleSpec] = {}
    values: dict[str, Any] = {}
    lost: list[tuple[RuleSpec, int, str]] = []
    for rule, number, changes in wanted:
        for name, value in changes.items():
            if name in kept and not rule.overrides_agents:
                lost.append((rule, number, "agent"))
            elif name in writers and values[name] != value:
                lost.append((rule, number, writers[name].name))
            else:
                writers.setdefault(name, rule)
                values.setdefault(name, value)
    return values, lost
