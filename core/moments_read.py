"""Times out of the database, read by the interpreter's own parser of ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class QuickMoment(BaseTzLoader):  # type: ignore[misc]  # Django leaves it untyped
    """Reads what a session in UTC says; a list of fifty tickets has some three hundred times.

    What is no date of ours (infinity, years before Christ, another zone) is read as ever.
    """

    timezone = UTC

    def load(self, data: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)  # type: ignore[no-any-return]  # Django leaves it untyped
        return moment if moment.tzinfo is UTC else super().load(data)


def read_quickly(*, connection: Any, **_signal: Any) -> None:
    """For each new connection: Django asks its loader for a zone, and takes ours if that fits."""
    if connection.vendor == "postgresql":
        connection.connection.adapters.register_loader("timestamptz", QuickMoment)
