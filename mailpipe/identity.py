"""Our signed names on mails: reply addresses and Message-IDs, with the keys of this deployment."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from mailpipe import tokens
from mailpipe.tokens import KeyRing, Scope
from tickets.models import Ticket


def ring() -> KeyRing:
    """The keys in force; the first signs."""
    return _ring(tuple(settings.MAIL_TOKEN_KEYS))


def new_message_id(ticket: Ticket, *, home: str, scope: Scope = Scope.TICKET) -> str:
    """A Message-ID of ours for a mail about `ticket`, sent from the address `home`."""
    return tokens.message_id(ring(), token=ticket.thread_token, domain=_domain(home), scope=scope)


def new_account_message_id(*, home: str) -> str:
    """A Message-ID of ours that belongs to no ticket."""
    return tokens.message_id(ring(), token=tokens.new_token(), domain=_domain(home))


def reply_address(ticket: Ticket, *, home: str, recipient: str, scope: Scope = Scope.TICKET) -> str:
    """Where `recipient` answers to; a third party's answer to a forward becomes a note."""
    return tokens.reply_address(
        ring(), home, token=ticket.thread_token, recipient=recipient, scope=scope
    )


def note_address(ticket: Ticket, *, home: str, recipient: str) -> str:
    """Where a colleague answers a notice: what they write becomes a note (mail.md 39)."""
    return reply_address(ticket, home=home, recipient=recipient, scope=Scope.NOTE)


def bounce_address(ticket: Ticket, *, home: str) -> str:
    """Where delivery reports go: the envelope sender."""
    return tokens.reply_address(
        ring(), home, token=ticket.thread_token, recipient=home, scope=Scope.BOUNCE
    )


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> KeyRing:
    return KeyRing(keys)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
