"""When things happen in the demo company: a believable week, and how a story unfolds in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from helpdesk.demo.stories import CODES, PRODUCTS, Story, stories

OPENS, CLOSES = 8, 18
SATURDAY = 5
# Share of a day's tickets by weekday, Monday first: people write most after a weekend.
WEEKDAYS = (1.3, 1.15, 1.05, 1.0, 0.9, 0.3, 0.25)
NIGHT_SHARE = 0.15


@dataclass(frozen=True)
class Step:
    """One thing that happens in a story."""

    at: datetime
    kind: str
    text: str = ""


@dataclass(frozen=True)
class Script:
    """A whole ticket before it is played; `customer` is an index into the customers.

    Of a case the story goes on in other tickets, so its deadlines are not known when it ends; it
    may say which `agent` has it.
    """

    story: Story
    customer: int
    subject: str
    opening: str
    slots: dict[str, str]
    steps: tuple[Step, ...]
    is_case: bool = False
    agent: str = ""

    @property
    def starts_at(self) -> datetime:
        return self.steps[0].at


def starts(count: int, *, since: datetime, until: datetime, chance: Random) -> list[datetime]:
    """`count` moments between the two, dense on weekdays and in office hours, ascending."""
    span = (until - since).total_seconds()
    moments: list[datetime] = []
    while len(moments) < count:
        moment = since + timedelta(seconds=chance.random() * span)
        is_night = not OPENS <= moment.hour < CLOSES
        weight = WEEKDAYS[moment.weekday()] / max(WEEKDAYS) * (NIGHT_SHARE if is_night else 1)
        if chance.random() < weight:
            moments.append(moment.replace(microsecond=0))
    return sorted(moments)


def script_for(start: datetime, *, customer: int, chance: Random) -> Script:
    """A story with its slots filled and its steps laid out after `start`."""
    story = chance.choice(stories())
    slots = {
        "order": str(chance.randrange(20_000, 29_999)),
        "invoice": f"INV-{chance.randrange(4000, 7999)}",
        "machine": chance.choice(PRODUCTS),
        "code": chance.choice(CODES),
        "amount": f"{chance.randrange(18, 900)}.{chance.choice(('00', '50', '90'))} €",
    }
    return Script(
        story=story,
        customer=customer,
        subject=chance.choice(story.subjects),
        opening=chance.choice(story.opening),
        slots=slots,
        steps=tuple(_unfold(story, start, chance)),
    )


def office(moment: datetime) -> datetime:
    """The moment itself in office hours, else shortly after the next opening."""
    while moment.weekday() >= SATURDAY or not OPENS <= moment.hour < CLOSES:
        days = 1 if moment.hour >= CLOSES or moment.weekday() >= SATURDAY else 0
        moment = (moment + timedelta(days=days)).replace(hour=OPENS, minute=moment.minute % 40)
    return moment


def _unfold(story: Story, start: datetime, chance: Random) -> Iterator[Step]:
    yield Step(start, "open")
    moment = office(start + timedelta(minutes=chance.lognormvariate(3.6, 0.9)))
    if chance.random() < 0.6:  # noqa: PLR2004 -- most tickets are taken before they are answered
        yield Step(moment, "take")
        moment = office(moment + timedelta(minutes=chance.lognormvariate(2.6, 0.8)))
    if story.note and chance.random() < 0.8:  # noqa: PLR2004 -- notes are usual where there is one
        yield Step(moment, "note", story.note)
        moment += timedelta(minutes=4)
    is_answer = True
    for line in story.exchange:
        yield Step(moment, "reply" if is_answer else "write", line)
        if story.holds and is_answer and chance.random() < 0.3:  # noqa: PLR2004 -- some wait for others
            yield Step(moment + timedelta(minutes=3), "hold")
        pause = timedelta(hours=chance.lognormvariate(0.9, 1.0))
        moment = moment + pause if is_answer else office(moment + pause / 2)
        is_answer = not is_answer
    yield Step(office(moment + timedelta(hours=chance.lognormvariate(1.5, 1.0))), "close")
