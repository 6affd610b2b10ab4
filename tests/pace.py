"""Bounds on work, in seconds of one known machine: a slower or a busy one makes no test red."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

# What `_stride` took on the machine on which the bounds of the tests were set.
STRIDE_SECONDS = 0.065
PROSE = "the server is slow and I can access it. " * 25_000
WORDS = re.compile(r"(\w+)")

T = TypeVar("T")


def takes_at_most(seconds: float, work: Callable[[], T], *, attempts: int = 3) -> T:
    """What `work` returns; an AssertionError if every attempt takes more than `seconds`.

    Counted is the CPU time of this process. Work that seems slow is judged beside a fixed piece
    of work done just after it: on a machine that is half as quick, it may take twice as long.
    """
    taken = []
    for _attempt in range(attempts):
        spent, result = _timed(work)
        if spent <= seconds or spent <= seconds * _slowness():
            return result
        taken.append(f"{spent:.3f}")
    raise AssertionError(f"{', '.join(taken)} s instead of {seconds} s")


def _slowness() -> float:
    strides = (_timed(_stride)[0] for _attempt in range(3))
    return max(1.0, min(strides) / STRIDE_SECONDS)


def _stride() -> int:
    seen: dict[str, int] = {}
    for word in WORDS.split(PROSE):
        seen[word] = seen.get(word, 0) + len(word)
    return len(seen)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result
