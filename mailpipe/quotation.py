"""The public conversation as a reply quotes it: newest first, never a note (X-37, X-39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from core.sanitiser import linkify
from tickets.models import Message, Ticket
from tickets.permissions import messages_for_customer

MESSAGES_LIMIT = 5
LENGTH_LIMIT = 8_000


@dataclass(frozen=True)
class Quotation:
    """One earlier message: who said it when, and its words."""

    author: str
    at: datetime
    text: str

    @property
    def lines(self) -> str:
        """The words with `> ` before each line."""
        return "\n".join(f"> {line}".rstrip() for line in self.text.splitlines())

    @property
    def html(self) -> str:
        return linkify(self.text)


def history(message: Message) -> list[Quotation]:
    """What was said in public before `message`.

    Unverified messages stay out: a forged one would travel to the customer in our name (X-01).
    """
    earlier = (
        messages_for_customer(message.conversation)
        .filter(pk__lt=message.pk, is_unverified=False)
        .order_by("-pk")[:MESSAGES_LIMIT]
    )
    quotations: list[Quotation] = []
    room = LENGTH_LIMIT
    for row in earlier:
        if room <= 0:
            break
        text = _trimmed(row.text, room)
        room -= len(text)
        quotations.append(
            Quotation(row.author_name, local_time(row.created_at, message.conversation), text)
        )
    return quotations


def local_time(moment: datetime, ticket: Ticket) -> datetime:
    """`moment` on the customer's clock."""
    name = ticket.customer.time_zone
    return timezone.localtime(moment, ZoneInfo(name) if name else None)


def _trimmed(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"
