"""Text messages that come back: STOP, START, and answers (R114)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actions import note_sms_opt_in, note_sms_opt_out
from accounts.models import User
from core.events import emit
from notifications.events import SmsReceived

# The words carriers and Twilio take for an end and a new beginning.
STOP = frozenset(["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"])
START = frozenset(["start", "yes", "unstop"])
MAX_TEXT = 1_600


@transaction.atomic
def receive_text(phone: str, *, text: str, now: datetime) -> int:
    """Hear what came from a number; returns how many colleagues have it. Emits SmsReceived.

    STOP and START count for everybody with the number. A number nobody has changes nothing.
    """
    word = text.strip().strip(".!").lower()
    people = list(User.objects.staff().filter(phone=phone).exclude(phone="").order_by("pk"))
    for user in people:
        if word in STOP:
            note_sms_opt_out(user, now=now)
        elif word in START and user.sms_opted_out_at is not None:
            note_sms_opt_in(user, now=now)
        else:
            emit(SmsReceived(user_id=user.pk, phone=phone, text=text[:MAX_TEXT], now=now))
    return len(people)
