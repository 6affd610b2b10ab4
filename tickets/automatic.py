"""How often the product may speak by itself in one ticket (rules.md 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tickets.models import Message, Ticket

MAX_REPLIES = 3
SPAN = timedelta(hours=1)


def may_speak(ticket: Ticket, now: datetime) -> bool:
    """Whether one more automatic reply is within the three an hour."""
    recent = Message.objects.filter(
        ticket=ticket, kind=Message.Kind.REPLY, is_automatic=True, created_at__gt=now - SPAN
    ).exclude(delivery_state=Message.DeliveryState.WITHDRAWN)
    return recent.count() < MAX_REPLIES
