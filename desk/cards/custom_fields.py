"""The card of the company's own fields."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from desk.cards.card import Card
from desk.custom_fields import Answers, answers_of
from tickets.models import Ticket


def _card(ticket: Ticket, _user: User, _now: datetime) -> Answers | None:
    return answers_of(ticket)


CARD = Card(template="desk/cards/custom_fields.html", build=_card)
