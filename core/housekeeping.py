"""What is thrown away in time: old keys, windows, sessions, files that nothing refers to."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from core import files, rates, submissions, timers
from core.registries import referenced_digests

FILE_GRACE = timedelta(days=2)


def tidy(now: datetime) -> int:
    """Drop rows nobody asks for any more; returns how many."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return rates.forget_old(now) + submissions.forget_old(now) + timers.forget_old(now)


def drop_orphans(now: datetime) -> int:
    """Delete stored files that no row refers to and that nobody has put for two days."""
    old = now - FILE_GRACE
    orphans = {digest for digest in files.stored_digests() if files.stored_before(digest, old)}
    for in_use in referenced_digests.entries():
        orphans.difference_update(in_use())
    return sum(files.drop(digest, unless_put_since=old) for digest in orphans)
