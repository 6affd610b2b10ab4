"""What custom fields bring to the stage: one nobody uses, one for customers, one they never see."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from tests.factories import make_field
from tickets.actions import set_custom_values
from tickets.actors import Actor
from tickets.models import Ticket


def custom_fields(ticket: Ticket, *, secret: str, now: datetime) -> SimpleNamespace:
    """The ticket says `secret` in the field that is for staff only."""
    hidden = make_field("Risk")
    values, actor = {hidden.pk: secret}, Actor.system("stage")
    set_custom_values(ticket, values=values, actor=actor, now=now)
    return SimpleNamespace(
        spare=make_field("Colour"),
        hidden=hidden,
        shown=make_field("Room", show_on_client_portal=True, editable_by_customer=True),
    )
