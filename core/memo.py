"""Small tables read on every page, remembered for a few seconds per process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_remembered: list[Remembered[Any]] = []


class Remembered(Generic[T]):
    """A function without arguments whose answer is kept for `seconds` in this process."""

    def __init__(self, question: Callable[[], T], *, seconds: float) -> None:
        self._question = question
        self._seconds = seconds
        self._answer: tuple[float, T] | None = None
        _remembered.append(self)

    def __call__(self) -> T:
        answer = self._answer  # another thread may forget it between two looks
        if answer is None or answer[0] <= time.monotonic():
            answer = self._answer = (time.monotonic() + self._seconds, self._question())
        return answer[1]

    def forget(self) -> None:
        """Ask anew at the next call: after a change in this process."""
        self._answer = None


def remembered(*, seconds: float = 5) -> Callable[[Callable[[], T]], Remembered[T]]:
    """Keep the answer of the decorated function; others learn of a change after `seconds`."""

    def decorate(question: Callable[[], T]) -> Remembered[T]:
        return Remembered(question, seconds=seconds)

    return decorate


def forget_all() -> None:
    """Drop every remembered answer: between tests, and after settings were changed."""
    for entry in _remembered:
        entry.forget()
