"""The engine agrees to the second with an oracle that walks through time step by step."""

from datetime import datetime, timedelta
from random import Random

import pytest

from calendars.engine import Calendar, NeverOpen
from tests.calendars.oracle import Oracle
from tests.calendars.random_calendars import random_spec


def moment(dice: Random, first: datetime, last: datetime) -> datetime:
    seconds = int((last - first).total_seconds())
    if dice.random() < 0.3:
        return first + timedelta(minutes=dice.randrange(seconds // 60))
    return first + timedelta(seconds=dice.randrange(seconds))


def compare(seed: int, *, seconds: bool = False) -> None:
    """One random calendar, asked everything a few times."""
    dice = Random(seed)
    spec, first, last = random_spec(dice, seconds=seconds)
    calendar = Calendar.from_spec(spec)
    oracle = Oracle(spec, first=first, last=last, unit=1 if seconds else 60)
    for _ in range(4):
        a, b = sorted(moment(dice, first, last) for _ in range(2))
        # Every third budget ends where b is, so that many end at a closing.
        budget = oracle.between(a, b) if dice.random() < 0.3 else dice.randrange(3 * 86400)
        days = dice.randrange(4)
        case = (seed, spec, str(a), str(b), budget, days)
        assert calendar.between(a, b) == oracle.between(a, b), case
        assert calendar.is_open(a) == oracle.is_open(a), case
        assert calendar.day_kind(a) == oracle.day_kind(a), case
        agree(calendar, "add", oracle.add(a, budget), a, budget, last=last, case=case)
        agree(calendar, "next_open", oracle.next_open(a), a, last=last, case=case)
        agree(calendar, "add_days", oracle.add_days(a, days), a, days, last=last, case=case)


def agree(
    calendar: Calendar,
    question: str,
    expected: datetime | None,
    *asked: object,
    last: datetime,
    case: tuple,
) -> None:
    """The same answer, or both say: not within the days looked at."""
    try:
        answer = getattr(calendar, question)(*asked)
    except NeverOpen:
        answer = None
    if expected is None:
        assert answer is None or answer >= last - timedelta(
            days=2 if question == "add_days" else 0
        ), case
    else:
        assert answer == expected, (question, case)


@pytest.mark.parametrize("block", range(8))
def test_engine_agrees_with_the_oracle(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        compare(seed)


def test_engine_agrees_with_the_oracle_on_hours_written_in_seconds() -> None:
    for seed in range(1_000_000, 1_000_003):
        compare(seed, seconds=True)
