"""Who else looks at a ticket: keys in the cache that die by themselves; without it, nobody."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from desk import people
from tickets.models import Ticket

VIEWING, TYPING = "viewing", "typing"
SECONDS = 30
TYPING_SECONDS = 15


@dataclass(frozen=True)
class Presence:
    """Colleagues on the same page, in words."""

    avatars: list[SafeString]
    words: str
    digest: str


def be_present(ticket: Ticket, user: User) -> None:
    """Say that `user` has the page open."""
    cache.set(_key(ticket.pk, user.pk, VIEWING), 1, SECONDS)


def be_typing(ticket: Ticket, user: User) -> None:
    """Say that `user` writes: each saved draft does."""
    cache.set(_key(ticket.pk, user.pk, TYPING), 1, TYPING_SECONDS)


def who_else(ticket: Ticket, user: User) -> Presence:
    """Everybody but `user`; those who may not open the ticket are not asked for (X-15)."""
    others = [row for row in people.assignable(ticket.department_id) if row.pk != user.pk]
    keys = [_key(ticket.pk, row.pk, state) for row in others for state in (VIEWING, TYPING)]
    found = cache.get_many(keys) if keys else {}
    typing = [row.name for row in others if _key(ticket.pk, row.pk, TYPING) in found]
    viewing = [row.name for row in others if _key(ticket.pk, row.pk, VIEWING) in found]
    looking = [name for name in viewing if name not in typing]
    return Presence(
        avatars=[ui.avatar(name) for name in typing + looking],
        words=_words(typing, looking),
        digest=f"{zlib.crc32(repr((typing, looking)).encode()):x}",
    )


def _words(typing: list[str], looking: list[str]) -> str:
    if typing:
        return _("%(names)s is writing") % {"names": ", ".join(typing)}
    if looking:
        return _("%(names)s is looking at this") % {"names": ", ".join(looking)}
    return ""


def _key(ticket_id: int, user_id: int, state: str) -> str:
    return f"desk:presence:{ticket_id}:{user_id}:{state}"
