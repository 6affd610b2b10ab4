"""The two acts of the demo: what the queue shows at once, and 90 days behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from automation.assigning.asking import plans_at_rest
from automation.versions import rules_replaced
from core.models import Option
from helpdesk.demo import company, founding, scenes, timeline
from helpdesk.demo.cases import cases
from helpdesk.demo.stage import Stage, fire_all
from helpdesk.demo.turns import InTurn, by_plan
from sla.actions.presets import ensure_policies
from sla.models import SlaClock
from tickets.actions.opening import reserve_numbers

TICKETS = 1250
RECENT = 40
DAYS = 90
RECENT_DAYS = 2
# The last of the recent tickets came in under the company's rules; those before are as they were.
RULED = 12
STATE = "demo.state"
_LOCK = 7_301_994


@dataclass(frozen=True)
class Progress:
    """How far the demo is."""

    done: int
    total: int


class AlreadyPlaying(RuntimeError):
    """Another process builds the demo at this moment."""


def prepare(*, now: datetime, tickets: int = TICKETS) -> dict[str, object]:
    """Found the company once and fix the plan; later calls return the plan as it was."""
    with transaction.atomic():
        founding.found_company(now=now)
        # Before the first ticket of the history, so that every one of them has deadlines.
        founded = now - timedelta(days=DAYS + 1)
        founding.open_office(now=founded)
        ensure_policies(actor=None, now=founded)
        known = Option.objects.select_for_update().filter(pk=STATE).first()
        if known is not None:
            return dict(known.value)
        older, recent = reserve_numbers(tickets - RECENT), reserve_numbers(RECENT)
        plan: dict[str, object] = {
            "now": now.isoformat(),
            "first_number": older[0],
            "older": len(older),
            "history": 0,
            "recent": 0,
            "first_recent": recent[0],
        }
        Option.objects.create(pk=STATE, value=plan)
        return plan


def play_recent(plan: dict[str, object]) -> Iterator[Progress]:
    """The last days first, so that a newcomer sees a living queue at once."""
    scripts = _recent_scripts(_now_of(plan))
    everyday = [position for position, script in enumerate(scripts) if not script.is_case]
    yield from _play("recent", plan, scripts, ruled=frozenset(everyday[-RULED:]))
    fire_all(SlaClock.objects.filter(next_fire_at__lte=_now_of(plan)))
    scenes.set_scenes(now=_now_of(plan))


def play_history(plan: dict[str, object]) -> Iterator[Progress]:
    """The 90 days before, oldest first, under the numbers reserved for them."""
    scripts = _history_scripts(_now_of(plan), int(str(plan["older"])))
    yield from _play("history", plan, scripts, ruled=frozenset())


def history_left() -> Progress | None:
    """How much of the history stands while it is being filled in; None before and after."""
    state = Option.objects.filter(pk=STATE).values_list("value", flat=True).first()
    if state is None or int(state["history"]) >= int(state["older"]):
        return None
    return Progress(done=int(state["history"]), total=int(state["older"]))


def _play(
    act: str, plan: dict[str, object], scripts: list[timeline.Script], *, ruled: frozenset[int]
) -> Iterator[Progress]:
    writers = company.customers(founding.CUSTOMER_COUNT)
    numbers = _numbers(act, plan, scripts)
    in_turn = InTurn()
    for position, script in enumerate(scripts):
        is_ruled = position in ruled
        with transaction.atomic(), nullcontext() if is_ruled else _as_it_was():
            if not _take_turn(act, position):
                continue
            giver = by_plan if is_ruled else in_turn
            stage = Stage(script, writers[script.customer], until=_now_of(plan), giver=giver)
            stage.play(number=numbers[position])
        yield Progress(position + 1, len(scripts))


def _numbers(act: str, plan: dict[str, object], scripts: list[timeline.Script]) -> list[int | None]:
    """The number of each ticket, in the order in which they came in."""
    first = plan["first_number"] if act == "history" else plan.get("first_recent")
    if first is None:
        return [None] * len(scripts)
    order = sorted(range(len(scripts)), key=lambda position: scripts[position].starts_at)
    ranks = {position: rank for rank, position in enumerate(order)}
    return [int(str(first)) + ranks[position] for position in range(len(scripts))]


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Before there were rules and plans."""
    with rules_replaced({}), plans_at_rest():
        yield


def _take_turn(act: str, position: int) -> bool:
    """Whether `position` is the next one of this act; the row lock makes a second player wait."""
    state = Option.objects.select_for_update().get(pk=STATE)
    if state.value[act] != position:
        return False
    state.value[act] = position + 1
    state.save(update_fields=["value"])
    return True


def _recent_scripts(now: datetime) -> list[timeline.Script]:
    """Everyday tickets up to the newest, then the cases, whose deadlines wait for each other."""
    since = now - timedelta(days=RECENT_DAYS)
    chance = Random(f"recent {now.date()}")  # noqa: S311 -- believable, not secret
    writers = company.customers(founding.CUSTOMER_COUNT)
    newest, known = scenes.arrivals(writers, now=now), cases(writers, now=now)
    if 2 * len(known) > RECENT:
        known = []  # a small demo has no room for them
    until = newest[0].starts_at - timedelta(minutes=1)
    count = RECENT - len(newest) - len(known)
    moments = timeline.starts(count, since=since, until=until, chance=chance)
    return [*(_script(moment, chance) for moment in moments), *newest, *known]


def _history_scripts(now: datetime, count: int) -> list[timeline.Script]:
    until = now - timedelta(days=RECENT_DAYS)
    chance = Random("history")  # noqa: S311 -- believable, not secret
    moments = timeline.starts(count, since=now - timedelta(days=DAYS), until=until, chance=chance)
    return [_script(moment, chance) for moment in moments]


def _script(moment: datetime, chance: Random) -> timeline.Script:
    customer = chance.randrange(founding.CUSTOMER_COUNT)
    return timeline.script_for(moment, customer=customer, chance=chance)


def _now_of(plan: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(plan["now"]))
