"""What writing brings to the stage: a reply that waits for its time, a draft that is shared."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from accounts.models import User
from core.keyset import to_number
from tests.security.canaries import CANARIES
from tickets.actions import Planned, Typed, save_draft, schedule_reply, share_draft
from tickets.actions.messages import Answer
from tickets.content import Content, Recipients
from tickets.models import Ticket


def writing(ticket: Ticket, *, author: User, colleague: User, now: datetime) -> SimpleNamespace:
    """A scheduled reply of `author` and what they typed since, and a note `colleague` shares."""
    planned_at = timezone.now()  # later than all the customer said
    answer = Answer(
        content=Content(text="The engineer comes on Friday.", is_markdown=True),
        recipients=Recipients(to=(ticket.customer.email,)),
    )
    planned = Planned(answer=answer, due_at=planned_at + timedelta(days=1))
    scheduled = schedule_reply(ticket, planned=planned, author=author, now=planned_at)
    own, fresh = Typed(text=CANARIES["draft"]), to_number(timezone.now())
    save_draft(ticket, user=author, typed=own, revision=fresh, now=now)
    typed = Typed(kind="note", text="Half a thought")
    save_draft(ticket, user=colleague, typed=typed, revision=1, now=now)
    draft = share_draft(ticket, user=colleague, kind="note", shared="on", now=now)
    return SimpleNamespace(scheduled=scheduled, draft=draft)
