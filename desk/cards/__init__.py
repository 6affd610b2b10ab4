"""The cards of the side panel below the customer, in the order they are read."""

from __future__ import annotations

from desk.cards.card import Card

CARDS: tuple[Card, ...] = ()
