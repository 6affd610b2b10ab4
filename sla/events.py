"""What happens to clocks; automation listens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.events import DomainEvent
from sla.models import Firing, SlaClock
from tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class ClockEvent(DomainEvent):
    """Something happened to `clock` of `ticket` at `now`."""

    ticket: Ticket
    clock: SlaClock
    now: datetime


class ClockStarted(ClockEvent):
    """A promise began to run."""


class ClockSatisfied(ClockEvent):
    """A promise was kept, or kept late: `clock.breached_at` tells."""


class ClockVoided(ClockEvent):
    """A manager excused a breach."""


@dataclass(frozen=True, kw_only=True)
class ClockFired(ClockEvent):
    """A threshold was reached; `firing` is its row, whose id makes keys for what is sent."""

    firing: Firing


class ClockWarned(ClockFired):
    """A threshold besides the deadline itself."""


class ClockBreached(ClockFired):
    """The deadline was missed."""
