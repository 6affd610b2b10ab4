"""How an agent likes the lists: columns by view, density, the list beside the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from accounts.actions import change_profile, keep_at_desk
from accounts.models import User
from desk.columns import COLUMNS, known
from desk.links import queue_url
from desk.shipped import View

COLUMNS_KEPT, BESIDE = "columns", "beside"
# Of so many views the columns are remembered; the oldest choice goes first.
_MAX_KEPT = 60


@dataclass(frozen=True)
class Choice:
    """A box of the menu."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Display:
    """The menu of the queue that says how lists look."""

    view: str
    columns: tuple[Choice, ...]
    densities: tuple[Choice, ...]
    is_beside: bool
    next: str


def display_of(user: User, view: View, columns: tuple[str, ...]) -> Display:
    """The menu for the list of `view`, which shows `columns`."""
    return Display(
        view=view.name,
        columns=_columns(columns, get_language()),
        densities=_densities(user.density, get_language()),
        is_beside=has_list_beside(user),
        next=queue_url(view=view.slug),
    )


@lru_cache(maxsize=256)
def _columns(shown: tuple[str, ...], _language: str | None) -> tuple[Choice, ...]:
    return tuple(Choice(key, str(label), key in shown) for key, label in COLUMNS.items())


@lru_cache(maxsize=32)
def _densities(chosen: str, _language: str | None) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, str(label), value == chosen) for value, label in User.Density.choices
    )


def has_list_beside(user: User) -> bool:
    """Whether tickets show the list they were opened from, where there is room."""
    return user.desk.get(BESIDE) is True


def keep_display(user: User, view: View, asked: QueryDict) -> None:
    """Remember what was chosen; the columns of the view, or that they are its own again."""
    wanted = None if "reset" in asked else known(asked.getlist("column"))
    kept = _kept(user.desk.get(COLUMNS_KEPT))
    kept.pop(view.name, None)
    if wanted is not None and wanted != known(view.columns):
        kept[view.name] = list(wanted)
    keep_at_desk(user, name=COLUMNS_KEPT, value=dict([*kept.items()][-_MAX_KEPT:]) or None)
    keep_at_desk(user, name=BESIDE, value=True if "beside" in asked else None)
    if asked.get("density") in User.Density.values:
        change_profile(user, changes={"density": asked["density"]})


def _kept(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
