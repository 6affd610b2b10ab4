"""What customers of the demo company write about; the texts lie in `stories.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PRODUCTS = ("K2 Pro", "K1 Office", "G3 grinder", "Filter Duo", "Crane Barista")
CODES = ("E-17", "E-04", "E-22", "E-31")


@dataclass(frozen=True, kw_only=True)
class Story:
    """A request with its usual course; lines alternate agent, customer, agent …"""

    department: str
    service: str
    priority: str
    subjects: tuple[str, ...]
    opening: tuple[str, ...]
    exchange: tuple[str, ...]
    note: str = ""
    # What the first answer came out of, and what is attached to the first letter.
    predefined: str = ""
    paper: str = ""
    holds: bool = False


@cache
def stories() -> tuple[Story, ...]:
    """All stories, as the file has them."""
    text = Path(__file__).with_name("stories.toml").read_text(encoding="utf-8")
    return tuple(Story(**_tuples(row)) for row in tomllib.loads(text)["story"])


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
