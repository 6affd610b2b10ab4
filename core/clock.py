"""The time at the edge: views, tasks and commands ask here, the rest gets it as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """This moment, aware; or the one the clock was moved to."""
    return _moved.get() or timezone.now()


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment`: the demo and imports live through the past with it (N6)."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
