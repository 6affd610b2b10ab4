"""What predefined replies and promises bring to the stage: one of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from accounts.models import User
from tickets.actions import make_promise
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.actors import Actor
from tickets.models import Ticket


def predefined(ticket: Ticket, *, ada: User, manager: User, now: datetime) -> SimpleNamespace:
    """A reply for everybody, and a promise on the ticket."""
    facts = ReplyFacts(fields={"name": "Spare", "shortcut": "spare"}, texts=[("en", "Bye.")])
    reply = save_predefined(None, facts=facts, actor=manager, now=now)
    due_at = now + timedelta(days=1)
    promise = make_promise(ticket, due_at=due_at, actor=Actor.of_user(ada), now=now)
    return SimpleNamespace(reply=reply, promise=promise)
