"""What macros and escalations bring to the stage: one of each."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from automation.models import Escalation, Rule
from automation.versions import publish
from tickets.models import Ticket


def macros(ticket: Ticket, *, now: datetime) -> SimpleNamespace:
    """A macro for everybody, and an open escalation of the ticket."""
    effects = [{"effect": "add_tags", "tags": ["seen"]}]
    macro = Rule.objects.create(kind="macro", name="Mark as seen", effects=effects)
    publish("macro", actor=None, now=now)
    escalation = Escalation.objects.create(ticket=ticket, level=2, cause="manual", at=now)
    return SimpleNamespace(macro=macro, escalation=escalation)
