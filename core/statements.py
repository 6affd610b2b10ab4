"""How long a statement may take: jobs and reports more than a page, a search less (trust.md 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

OF_JOBS = timedelta(seconds=120)
OF_REPORTS = timedelta(seconds=30)
OF_SEARCHES = timedelta(seconds=2)


@contextmanager
def at_most(span: timedelta) -> Iterator[None]:
    """Let statements of this block take `span`; then what was in force before holds again."""
    before = _set(f"{int(span.total_seconds() * 1000)}ms")
    yield
    # Not in a finally: after an error in a transaction it is the rollback that restores it, and
    # outside of one the next block sets its own.
    _set(before)


def _set(value: str) -> str:
    """Set the limit, for the transaction when there is one; returns the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = str(cursor.fetchone()[0])
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, %s)", [value, connection.in_atomic_block]
        )
    return before
