"""Which of the shipped views somebody wants as tabs above the queue; the others stay reachable."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from accounts.actions import keep_at_desk
from accounts.models import User
from desk.links import queue_url
from desk.shipped import VIEWS

KEPT: Final = "hidden_views"
# The queue of every morning (R19): one tab remains, whatever else is hidden.
ALWAYS: Final = "morning"


@dataclass(frozen=True)
class TabChoice:
    """A shipped view with its box."""

    slug: str
    title: str
    url: str
    is_shown: bool
    is_fixed: bool


def hidden_views(user: User) -> frozenset[str]:
    """The shipped views that `user` does not want to see as tabs."""
    kept = user.desk.get(KEPT)
    named = {view.slug for view in VIEWS} - {ALWAYS}
    return frozenset(named.intersection(kept) if isinstance(kept, list) else ())


def tab_choices(user: User) -> list[TabChoice]:
    """Every shipped view, and whether it is a tab."""
    hidden = hidden_views(user)
    return [
        TabChoice(
            slug=view.slug,
            title=str(view.title),
            url=queue_url(view=view.slug),
            is_shown=view.slug not in hidden,
            is_fixed=view.slug == ALWAYS,
        )
        for view in VIEWS
    ]


def keep_tabs(user: User, shown: Collection[str]) -> None:
    """Remember that of the shipped views these are tabs, and the one that always is."""
    hidden = [view.slug for view in VIEWS if view.slug not in {*shown, ALWAYS}]
    keep_at_desk(user, name=KEPT, value=hidden or None)
