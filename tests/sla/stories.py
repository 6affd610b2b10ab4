"""A ticket's history told to the planner in plain facts: no database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from calendars.engine import ALWAYS, Calendar
from sla.case import Case, Fact
from sla.ledger import ClockState, Entry, fold
from sla.plan import Planner
from sla.rules import Policy, Rules, Target
from tests.calendars.cases import S4, at

OFFICE, ROUND_THE_CLOCK, LATER_HOURS = 1, 2, 3
LATE = {"tz": S4["tz"], "weekly": {day: [["12:00", "20:00"]] for day in S4["weekly"]}}
CALENDARS = {
    OFFICE: Calendar.from_spec(S4),
    ROUND_THE_CLOCK: ALWAYS,
    LATER_HOURS: Calendar.from_spec(LATE),
}
LOW, HIGH = 3, 2
TECHNICAL, BILLING = 1, 2
SERVICE, TRAINING = 1, 2
ADA = 7
RESTS = ("resolution", "update")
STATUSES = {
    "new": (1, "new", ()),
    "progress": (2, "open", ()),
    "answered": (3, "waiting_customer", RESTS),
    "hold": (4, "waiting_third_party", RESTS),
    "solved": (5, "resolved", ()),
    "closed": (6, "closed", ()),
}
ALL = {"first_response": 4, "next_response": 2, "update": 3, "resolution": 8}


def target(metric: str, hours: int | None, **fields: Any) -> Target:
    return Target(metric=metric, amount=hours, unit=fields.pop("unit", "hours"), **fields)


def policy(*targets: Target, **fields: Any) -> Policy:
    """A policy for everybody unless `conditions` say otherwise."""
    plain = {
        "id": 1, "name": "Standard", "conditions": {}, "calendar": None, "reopen": "continue",
        "grace_s": 0, "reselects": False, "pauses_response": False, "resolving_answers": False,
        "valid_from": None, "valid_until": None, "excluded": "",
    }  # fmt: skip
    return Policy(**{**plain, **fields, "targets": targets})


def promising(hours: dict[str, int | None] | None = None, **fields: Any) -> Policy:
    """`promising({"resolution": 8})`: one policy with these hours."""
    return policy(*(target(*pair) for pair in (hours or ALL).items()), **fields)


def rules(*policies: Policy, **fields: Any) -> Rules:
    known = {number: number for number in CALENDARS}
    return Rules(policies=policies, default_calendar=OFFICE, calendars=known, **fields)


def status(name: str) -> dict[str, Any]:
    pk, kind, pauses = STATUSES[name]
    return {"id": pk, "name": name, "kind": kind, "pauses": list(pauses)}


class Story:
    """One ticket of Technical, opened on Tuesday 2025-02-04 at 10:00 unless told otherwise."""

    def __init__(self, in_force: Rules | None = None, **opened: Any) -> None:
        in_force = in_force or rules(promising())
        self.planner = Planner(Case(), rules=in_force, calendars=CALENDARS)
        self.count = 0
        self.status_now = "new"
        when = opened.pop("when", "2025-02-04 10:00")
        facts = {
            "message_kind": "inbound",
            "channel": "email",
            "service": None,
            "priority": {"id": LOW},
            "department": {"id": TECHNICAL},
        }
        self.tell("opened", when, status=status("new"), **{**facts, **opened})
        self.planner.admit(at(when))

    @property
    def case(self) -> Case:
        return self.planner.case

    def tell(self, kind: str, when: str, *, by: str = "system", **data: Any) -> Story:
        """One event of the history; `message` names a message."""
        self.count += 1
        fact = Fact(
            id=self.count,
            kind=kind,
            at=at(when),
            actor_kind=by,
            actor_id=ADA if by == "user" else None,
            message_id=data.pop("message", self.count),
            data=data,
        )
        self.planner.follow(fact)
        # What is remembered between two events is JSON.
        self.planner.case = Case.from_json(self.planner.case.to_json())
        return self

    def wrote(self, when: str, **data: Any) -> Story:
        return self.tell("message_received", when, by="customer", **data)

    def replied(self, when: str, **data: Any) -> Story:
        return self.tell("replied", when, by=data.pop("by", "user"), **data)

    def became(self, name: str, when: str) -> Story:
        before, self.status_now = self.status_now, name
        changes = {"status": {"before": status(before), "after": status(name)}}
        kind = "closed" if STATUSES[name][1] in ("resolved", "closed") else "changed"
        return self.tell(kind, when, by="user", changes=changes)

    def changed(self, when: str, **after: Any) -> Story:
        """`changed(when, priority=HIGH)`: fields by id."""
        changes = {name: {"before": None, "after": _named(value)} for name, value in after.items()}
        return self.tell("changed", when, by="user", changes=changes)

    def ruled(self, when: str, in_force: Rules) -> Story:
        self.planner.change_rules(in_force, at(when))
        return self

    # -- what came of it ----------------------------------------------------------------

    def lines(self, metric: str, cycle: int = 1) -> list[str]:
        """The kinds of the entries of one clock."""
        return [row.kind for row in self._of(metric, cycle)]

    def state(self, metric: str, cycle: int = 1, *, by: str = "") -> ClockState:
        rows = [Entry(row.kind, row.at, row.data) for row in self._of(metric, cycle)]
        return fold(rows, CALENDARS, at(by) if by else rows[-1].at)

    def live(self) -> list[str]:
        return sorted(clock.key for clock in self.case.live())

    def why(self, metric: str, cycle: int = 1) -> str:
        """The reason of the last entry."""
        return self._of(metric, cycle)[-1].data.get("reason", "")

    def _of(self, metric: str, cycle: int) -> list[Any]:
        return [row for row in self.planner.planned if (row.metric, row.cycle) == (metric, cycle)]


def archived(old: Policy) -> Policy:
    return replace(old, is_offered=False)


def _named(value: Any) -> Any:
    return {"id": value} if isinstance(value, int) else value
