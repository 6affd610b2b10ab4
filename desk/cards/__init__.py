"""The cards of the side panel below the customer, in the order they are read."""

from __future__ import annotations

from desk.cards import appointments, assets, custom_fields, promises, records, related, tasks, time
from desk.cards.card import Card

CARDS: tuple[Card, ...] = (
    custom_fields.CARD,
    records.CARD,
    assets.CARD,
    tasks.CARD,
    appointments.CARD,
    time.CARD,
    promises.CARD,
    related.CARD,
)
