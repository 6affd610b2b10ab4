"""The seam to allauth, which speaks in Django signals: its confirmations become our events."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import email_confirmed, password_changed, password_reset
from django.db import transaction
from django.dispatch import receiver

from accounts.actions.people import end_sessions
from accounts.events import MailboxProved
from core.events import emit


@receiver(email_confirmed)
def announce_mailbox(sender: Any, email_address: Any, **_rest: Any) -> None:
    """The address was confirmed by link or code."""
    with transaction.atomic():
        emit(MailboxProved(user_id=email_address.user_id, email=email_address.email.lower()))


@receiver([password_changed, password_reset])
def end_other_sessions(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """A new password signs everybody else out (X-24)."""
    end_sessions(user, but=request.session.session_key or "")
