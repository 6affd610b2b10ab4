"""The goals P1 to P7 of the queue against what was measured: met, not met, or not measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

MILLION = 1_000_000
Line = tuple[str, float, float, bool]
# The first time its rows come from the disk; nothing is asked for only when it is warm.
_ASKED = {"first": "asked for the first time", "again": "asked for again"}


def goals(measured: dict[int, Any]) -> str:
    """A table of them; those of a million tickets only where that was measured."""
    rows = [
        f"| {what} | {value:.2f} | {'≤' if at_most else '≥'} {limit:g} | "
        f"{'met' if (value <= limit if at_most else value >= limit) else '**NOT MET**'} |"
        for what, value, limit, at_most in _lines(measured)
    ]
    return "\n".join(["| goal | measured | limit | |", "|---|---|---|---|", *rows])


def _lines(measured: dict[int, Any]) -> Iterator[Line]:
    largest, smallest = max(measured), min(measured)
    top = measured[largest]
    at = f"{largest:,} tickets"
    yield f"P1, queue / tight floor, {at}", _ratio(top, "queue", "floor, tight"), 1.5, True
    yield f"P1, queue / idiomatic floor, {at}", _ratio(top, "queue", "floor, idiomatic"), 0.7, True
    yield from _against_the_reference(measured)
    if largest > smallest:
        yield from _growth(measured[smallest], top, f"{largest:,} / {smallest:,}")
    uncached = statistics.median(top["rounds"]["counters, not remembered"])
    yield f"P4, counters not remembered, ms, {at}", uncached, 10, True
    for band, asked in top["search"].items():
        for turn, spent in asked.items():
            what = f"P5, SQL of a {band} word, {_ASKED[turn]}"
            yield f"{what}, median ms, {at}", statistics.median(spent), 50, True
            yield (
                f"{what}, 95 of 100 within ms, {at}",
                statistics.quantiles(spent, n=20)[-1],
                100,
                True,
            )
    yield "P6, statements, 200 messages", top["statements"]["ticket, 200 messages"], 8, True
    yield "P6, 200 messages / few", _ratio(top, "ticket, 200 messages", "ticket"), 2, True
    yield "P7, statements of a reply", top["statements"]["reply"], 15, True


def _against_the_reference(measured: dict[int, Any]) -> Iterator[Line]:
    """P2 at each size that has a goal, and P7's time."""
    for size, one in measured.items():
        if "django-helpdesk, reply" not in one["rounds"]:
            continue
        faster = _ratio(one, "django-helpdesk, open list", "queue")
        if size >= MILLION:
            yield f"P2, open list, times faster, {size:,} tickets", faster, 100, False
            mine = _ratio(one, "django-helpdesk, mine", "mine")
            yield f"P2, mine, times faster, {size:,} tickets", mine, 20, False
        elif size >= MILLION / 10:
            yield f"P2, open list, times faster, {size:,} tickets", faster, 30, False
        reply = _ratio(one, "reply", "django-helpdesk, reply")
        yield f"P7, reply / django-helpdesk's, {size:,} tickets", reply, 0.8, True


def _growth(small: Any, large: Any, at: str) -> Iterator[Line]:
    """As multiples of the floor of the same run, for the machine's clock wanders."""
    for page in ("queue", "ticket", "queue, page 100"):
        floors = _ratio(small, page, "floor, tight"), _ratio(large, page, "floor, tight")
        yield f"P3, {page}, {at}", floors[1] / floors[0], 1.2, True
        counted = large["statements"][page] - small["statements"][page]
        yield f"P3, {page}, more statements, {at}", counted, 0, True


def _ratio(one: Any, page: str, beside: str) -> float:
    rounds = one["rounds"]
    return statistics.median(a / b for a, b in zip(rounds[page], rounds[beside], strict=True))
