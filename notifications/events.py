"""What the post office hears from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SmsReceived(DomainEvent):
    """A colleague texted back; `text` is what they wrote."""

    user_id: int
    phone: str
    text: str
    now: datetime
