"""Outgoing rows: claimed once, retried with patience, never in the way of others (trust.md 5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core import outbox
from core.models import AuditEntry
from mailpipe.models import OutgoingMail
from tests.core.deliveries import NOON, make_delivery

LEASE = timedelta(minutes=1)


def claim(at: object = NOON, limit: int = 10) -> list[OutgoingMail]:
    return outbox.claim(OutgoingMail, now=at, limit=limit, lease=LEASE)


@pytest.mark.django_db
def test_due_rows_are_claimed_oldest_first() -> None:
    later = make_delivery(due_at=NOON - timedelta(minutes=1))
    first = make_delivery(due_at=NOON - timedelta(minutes=2))
    make_delivery(due_at=NOON + timedelta(seconds=1))
    assert claim() == [first, later]


@pytest.mark.django_db
def test_a_claimed_row_is_leased_and_counted() -> None:
    row = make_delivery()
    claim()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.lease_until) == ("sending", 1, NOON + LEASE)
    assert claim(NOON + timedelta(seconds=59)) == []


@pytest.mark.django_db
def test_a_row_left_by_a_crash_is_claimed_again() -> None:
    row = make_delivery()
    claim()
    assert claim(NOON + LEASE) == [row]
    row.refresh_from_db()
    assert (row.crashes, row.attempts) == (1, 2)


@pytest.mark.django_db
def test_after_eight_crashes_the_row_is_set_aside_and_blocks_nobody() -> None:
    row, other = make_delivery(crashes=7, state="sending", lease_until=NOON), make_delivery()
    assert claim() == [other]
    row.refresh_from_db()
    assert row.state == "dead"
    assert row.last_error


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row() -> None:
    for _row in range(20):
        make_delivery()

    def work(_number: int) -> list[int]:
        try:
            return [row.pk for row in claim(limit=5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = [pk for batch in pool.map(work, range(8)) for pk in batch]
    assert len(claimed) == len(set(claimed)) == 20


@pytest.mark.django_db(transaction=True)
def test_a_row_somebody_holds_is_skipped_and_not_waited_for() -> None:
    held, free = make_delivery(), make_delivery()

    def work() -> list[OutgoingMail]:
        try:
            return claim()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        OutgoingMail.objects.select_for_update().get(pk=held.pk)
        assert pool.submit(work).result(timeout=5) == [free]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 180), (6, 360), (50, 360)]
)
def test_each_failure_waits_longer(attempts: int, minutes: int) -> None:
    row = make_delivery(state="sending", attempts=attempts)
    outbox.settle_retry(row, error="451 later", now=NOON)
    row.refresh_from_db()
    pause = row.due_at - NOON
    assert timedelta(minutes=minutes * 0.79) < pause < timedelta(minutes=minutes * 1.21)
    assert (row.state, row.last_error, row.lease_until) == ("pending", "451 later", None)


@pytest.mark.django_db
def test_after_five_days_it_is_given_up() -> None:
    row = make_delivery(state="sending", created_at=NOON - timedelta(days=5, seconds=1))
    outbox.settle_retry(row, error="451 later", now=NOON)
    row.refresh_from_db()
    assert row.state == "failed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("settle", "facts", "state"),
    [
        (outbox.settle_sent, {}, "sent"),
        (outbox.settle_kept, {}, "kept"),
        (outbox.settle_failed, {"error": "550 no\x00"}, "failed"),
        (outbox.settle_uncertain, {"error": "timeout"}, "uncertain"),
    ],
)
def test_an_end_is_an_end(settle, facts: dict[str, str], state: str) -> None:
    make_delivery()
    (row,) = claim()
    settle(row, now=NOON, **facts)
    row.refresh_from_db()
    assert (row.state, row.lease_until) == (state, None)
    assert row.last_error == facts.get("error", "").replace("\x00", "")
    assert claim(NOON + timedelta(days=9)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["failed", "dead", "needs_review", "kept", "uncertain"])
def test_a_person_may_send_again_what_was_given_up(max_, state: str) -> None:
    row = make_delivery(state=state, attempts=9, crashes=8, created_at=NOON - timedelta(days=20))
    outbox.redrive(row, actor=max_, now=NOON)
    assert claim() == [row]
    row.refresh_from_db()
    outbox.settle_retry(row, error="451", now=NOON)
    assert row.state == "pending"
    assert AuditEntry.objects.get().verb == "delivery_redriven"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["pending", "sending", "sent"])
def test_what_is_under_way_cannot_be_doubled(max_, state: str) -> None:
    row = make_delivery(state=state)
    with pytest.raises(outbox.NotRedrivable):
        outbox.redrive(row, actor=max_, now=NOON)


@pytest.mark.django_db
def test_a_row_can_be_withdrawn_until_somebody_sends_it() -> None:
    waiting = make_delivery()
    assert outbox.cancel(waiting, reason="undone", now=NOON)
    assert waiting.state == "cancelled"
    sending = make_delivery()
    claim()
    assert not outbox.cancel(sending, reason="undone", now=NOON)
    assert sending.state == "sending"


@pytest.mark.django_db
def test_the_queries_of_rows_read_as_english() -> None:
    due, later = make_delivery(), make_delivery(due_at=NOON + timedelta(hours=1))
    make_delivery(state="sent")
    assert set(OutgoingMail.objects.unsent()) == {due, later}
    assert list(OutgoingMail.objects.due(NOON)) == [due]
