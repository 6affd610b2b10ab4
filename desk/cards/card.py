"""A card of the side panel: one part of what surrounds a ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from tickets.models import Ticket


@dataclass(frozen=True)
class Card:
    """`build` answers what `template` prints as `card`, or None where there is nothing to show.

    It gets a ticket `user` may see; whatever else it reads it narrows by `visible_to`.
    """

    template: str
    build: Callable[[Ticket, User, datetime], Any]


@dataclass(frozen=True)
class ShownCard:
    """A card about to be printed."""

    template: str
    body: Any


def shown(cards: tuple[Card, ...], ticket: Ticket, *, user: User, now: datetime) -> list[ShownCard]:
    """The cards that have something to show, in their order."""
    built = ((card.template, card.build(ticket, user, now)) for card in cards)
    return [ShownCard(template, body) for template, body in built if body is not None]
