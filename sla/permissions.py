"""Who may decide about deadlines by hand (R102, sla.md 5)."""

from __future__ import annotations

from accounts.models import User
from accounts.models.role import Permission
from tickets.models import Ticket
from tickets.permissions import may_work

DECIDES = Permission.SETTINGS_CHANGE


def may_decide(user: User, ticket: Ticket) -> bool:
    """Managers: whoever may change the rules may make an exception from them."""
    return may_work(user, ticket) and user.may(DECIDES)
