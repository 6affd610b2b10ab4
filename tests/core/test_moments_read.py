"""Times out of the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from core.moments_read import QuickMoment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 1, 9, tzinfo=UTC),
        datetime(2026, 11, 1, 9, 30, 59, 120_000, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_it_went_in(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, NULL::timestamptz", [moment])
        assert cursor.fetchone() == (moment, None)


def test_every_connection_reads_with_it() -> None:
    connection.ensure_connection()
    loader = connection.connection.adapters.get_loader(connection_type(), 0)
    assert loader is not None
    assert issubclass(loader, QuickMoment)


def connection_type() -> int:
    return connection.connection.adapters.types["timestamptz"].oid


def test_a_session_in_another_zone_is_read_as_ever() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kolkata'")
        cursor.execute("SELECT '2026-11-01 09:00+00'::timestamptz")
        (read,) = cursor.fetchone()
    assert read.replace(tzinfo=None) == datetime(2026, 11, 1, 14, 30)  # noqa: DTZ001 -- Django names the session's time UTC
