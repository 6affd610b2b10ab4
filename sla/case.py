"""What the planner remembers of a ticket between two events; kept as JSON beside its clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sla.ledger import LIVE, RUNNING

# How the history names fields of the company's own: `custom.<slug>`.
CUSTOM = "custom."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of a ticket's history, in plain values."""

    id: int
    kind: str
    at: datetime
    actor_kind: str
    actor_id: int | None
    message_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """A status as it was when the ticket got it (ARCHITECTURE 3)."""

    id: int
    name: str
    kind: str
    pauses: tuple[str, ...]

    def pausing(self, metrics: tuple[str, ...]) -> StatusFacts:
        """The same status after its pauses were edited."""
        return replace(self, pauses=tuple(metrics))


@dataclass(slots=True)
class Clock:
    """A clock as the planner knows it: its state without any times."""

    metric: str
    cycle: int
    started_at: str
    terms: dict[str, Any]
    state: str = RUNNING
    reason: str = ""

    @property
    def key(self) -> str:
        return f"{self.metric}#{self.cycle}"


@dataclass(slots=True, kw_only=True)
class LastReply:
    """What the newest reply of staff did, so that it can be taken back."""

    message: int | None
    ended: list[str]
    resting: list[str]
    awaited: bool
    first: bool
    at: str


@dataclass(slots=True, kw_only=True)
class Case:
    """One ticket in the words of clocks. `facts` are the conditions' facts as they were taken."""

    facts: dict[str, Any] = field(default_factory=dict)
    is_admitted: bool = False
    at: datetime | None = None
    status: StatusFacts | None = None
    opened_with: str = "inbound"
    awaits_answer: bool = True
    has_reply: bool = False
    last_reply: LastReply | None = None
    policy: int | None = None
    is_pinned: bool = False
    reselects: bool = False
    excluded: str = ""
    excluded_by_hand: str = ""
    gone: str = ""
    clocks: dict[str, Clock] = field(default_factory=dict)
    cycles: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Case:
        """The case as `to_json` wrote it."""
        status, reply = stored["status"], stored["last_reply"]
        return cls(
            **{
                **stored,
                "at": datetime.fromisoformat(stored["at"]) if stored["at"] else None,
                "status": StatusFacts(**{**status, "pauses": tuple(status["pauses"])}),
                "last_reply": LastReply(**reply) if reply else None,
                "clocks": {key: Clock(**row) for key, row in stored["clocks"].items()},
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values only."""
        return {**asdict(self), "at": self.at.isoformat() if self.at else None}

    # -- facts ----------------------------------------------------------------------------

    def open(self, fact: Fact) -> None:
        """The first event of every history."""
        data = fact.data
        self.status = _status(data["status"])
        self.opened_with = data.get("message_kind", "inbound")
        self.awaits_answer = self.opened_with != "reply" and not data.get("automatic")
        self.facts["channel"] = data.get("channel", "")
        for name in ("priority", "department", "service"):
            self.facts[name] = _id(data.get(name))

    def take(self, changes: Mapping[str, Any]) -> None:
        """Fields that changed, with their new values."""
        for name in ("priority", "department", "service", "customer"):
            if name in changes:
                self.facts[name] = _id(changes[name]["after"])
        if "subject" in changes:
            self.facts["subject"] = changes["subject"]["after"]
        self.facts |= {name: changes[name]["fact"] for name in changes if name.startswith(CUSTOM)}
        if "status" in changes:
            self.status = _status(changes["status"]["after"])

    def conditions(self) -> dict[str, Any]:
        """What policies are matched against."""
        return {**self.facts, "status_kind": self.kind}

    @property
    def priority(self) -> int:
        return int(self.facts["priority"])

    @property
    def department(self) -> int:
        return int(self.facts["department"])

    @property
    def service(self) -> int | None:
        return self.facts.get("service")

    @property
    def kind(self) -> str:
        return self.status.kind if self.status else ""

    @property
    def status_name(self) -> str:
        return self.status.name if self.status else ""

    @property
    def pauses(self) -> tuple[str, ...]:
        return self.status.pauses if self.status else ()

    # -- clocks -----------------------------------------------------------------------------

    def add(self, metric: str, terms: dict[str, Any], at: datetime) -> Clock:
        """A clock of the next cycle; of the ones before it only the newest is remembered."""
        cycle = self.cycles[metric] = self.cycles.get(metric, 0) + 1
        self.clocks = {
            key: clock
            for key, clock in self.clocks.items()
            if clock.metric != metric or clock.state in LIVE or clock.cycle == cycle - 1
        }
        clock = Clock(metric, cycle, at.isoformat(), terms)
        self.clocks[clock.key] = clock
        return clock

    def of(self, metric: str) -> Iterator[Clock]:
        """The clocks of one metric, the newest first."""
        rows = [clock for clock in self.clocks.values() if clock.metric == metric]
        return iter(sorted(rows, key=lambda clock: -clock.cycle))

    def live(self, metric: str = "") -> list[Clock]:
        """Clocks that are not over."""
        rows = [clock for clock in self.clocks.values() if clock.state in LIVE]
        return [clock for clock in rows if not metric or clock.metric == metric]

    def known(self, metric: str) -> bool:
        """Whether there has ever been a clock of `metric`."""
        return metric in self.cycles


def _status(stored: Mapping[str, Any]) -> StatusFacts:
    return StatusFacts(
        id=stored["id"],
        name=stored["name"],
        kind=stored["kind"],
        pauses=tuple(stored.get("pauses", ())),
    )


def _id(named: Mapping[str, Any] | None) -> int | None:
    return named["id"] if named else None
