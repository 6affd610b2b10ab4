"""Tickets with a fixed course that show the whole desk; their texts lie in `cases.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from helpdesk.demo.company import CustomerPlan
from helpdesk.demo.stories import Story
from helpdesk.demo.timeline import Script, Step

_FACTS = ("department", "service", "priority")


def cases(writers: Sequence[CustomerPlan], *, now: datetime) -> list[Script]:
    """All of them in the order in which they began; later ones act on earlier ones."""
    return [_script(row, writers, now) for row in _rows()]


def case_subjects() -> list[str]:
    """By what cases are known among the other tickets."""
    return [row["subject"] for row in _rows()]


def first_writer(organisation: str, writers: Sequence[CustomerPlan]) -> int:
    """The index of somebody there; in a tiny company it is somebody else."""
    return next((n for n, one in enumerate(writers) if one.organisation == organisation), 0)


@cache
def _rows() -> list[dict[str, Any]]:
    text = Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["case"]
    return rows


def _script(row: dict[str, Any], writers: Sequence[CustomerPlan], now: datetime) -> Script:
    story = Story(
        **{name: row[name] for name in _FACTS},
        subjects=(row["subject"],),
        opening=(row["opening"],),
        exchange=(),
        paper=row.get("paper", ""),
    )
    steps = (Step(now - timedelta(hours=hours), kind, said) for hours, kind, said in row["steps"])
    return Script(
        story=story,
        customer=first_writer(row["organisation"], writers),
        subject=row["subject"],
        opening=row["opening"],
        slots={},
        steps=tuple(steps),
        is_case=True,
        agent=row.get("agent", ""),
    )
