"""The cards of the side panel below the customer, in the order they are read."""

from __future__ import annotations

from desk.cards import appointments, custom_fields, promises, related, tasks, time
from desk.cards.card import Card

CARDS: tuple[Card, ...] = (
    custom_fields.CARD,
    tasks.CARD,
    appointments.CARD,
    time.CARD,
    promises.CARD,
    related.CARD,
)
