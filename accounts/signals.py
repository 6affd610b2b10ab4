"""The seam to allauth, which speaks in Django signals: its news become our events and entries."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import email_confirmed, password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction

from accounts.actions.people import end_sessions
from accounts.events import MailboxProved
from core import audit
from core.events import emit


def connect() -> None:
    """Hear what allauth and Django tell of sign-ins, mailboxes and passwords."""
    email_confirmed.connect(announce_mailbox)
    for signal in (password_changed, password_reset):
        signal.connect(end_other_sessions)
    user_logged_in.connect(note_sign_in)
    user_logged_out.connect(note_sign_out)
    authenticator_added.connect(note_factor_added)
    authenticator_removed.connect(note_factor_removed)


def announce_mailbox(sender: Any, email_address: Any, **_rest: Any) -> None:
    """The address was confirmed by link or code."""
    with transaction.atomic():
        emit(MailboxProved(user_id=email_address.user_id, email=email_address.email.lower()))


def end_other_sessions(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """A new password signs everybody else out (X-24)."""
    end_sessions(user, but=request.session.session_key or "")
    audit.record("password_changed", user, actor=user, request=request)


def note_sign_in(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """Staff only: customers come and go (X-55)."""
    if user.is_staff:
        audit.record("signed_in", user, actor=user, request=request)


def note_sign_out(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """Staff only."""
    if user is not None and user.is_staff:
        audit.record("signed_out", user, actor=user, request=request)


def note_factor_added(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """An authenticator app or recovery codes."""
    audit.record("second_factor_added", user, actor=user, request=request)


def note_factor_removed(sender: Any, request: Any, user: Any, **_rest: Any) -> None:
    """An authenticator app or recovery codes."""
    audit.record("second_factor_removed", user, actor=user, request=request)
