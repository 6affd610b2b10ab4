"""A proved mailbox joins a portal account to its customer."""

from __future__ import annotations

from accounts.events import MailboxProved
from accounts.models import User
from core import clock
from core.events import on
from customers.actions import link_portal_account


@on(MailboxProved)
def link_customer(event: MailboxProved) -> None:
    """Portal accounts only: a colleague's mailbox makes no customer."""
    user = User.objects.get(pk=event.user_id)
    if not user.role.is_staff:
        link_portal_account(user, email=event.email, now=clock.now())
