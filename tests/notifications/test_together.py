"""Several workers at once, each with a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from core import http
from mailpipe.models import OutgoingMail
from notifications import dispatch, gateway
from notifications.actions import notify, tell_endpoint
from notifications.folding import MOST_MAILS
from notifications.models import NoticeDelivery, Notification
from notifications.notices import Notice
from tests.notifications.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(work, count: int = 4) -> list:
    """The work of `count` threads."""

    def alone(number: int):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


def test_four_workers_send_each_notice_once(
    lunch: Notice, ada: User, webhook, service, monkeypatch
) -> None:
    monkeypatch.setattr(gateway, "fetch", http.fetch)
    for n in range(20):
        tell_endpoint(webhook, lunch, key=f"{n}", now=NOON)
        notify([ada], lunch, key=f"{n}", now=NOON)
    at_once(lambda _n: dispatch.send_due(now=lambda: NOON))
    assert len(service.taken) == len({taken.json["id"] for taken in service.taken}) == 20
    assert OutgoingMail.objects.count() == 20
    assert set(NoticeDelivery.objects.values_list("state", flat=True)) == {"sent"}


def test_four_at_once_tell_each_reader_once(lunch: Notice, ada: User, ben: User) -> None:
    told = at_once(lambda _n: notify([ben, ada], lunch, key="soup", now=NOON))
    assert sorted(len(rows) for rows in told) == [0, 0, 0, 2]
    assert (Notification.objects.count(), NoticeDelivery.objects.count()) == (2, 2)


def test_a_storm_swept_by_four_is_one_mail(lunch: Notice, ada: User) -> None:
    for n in range(MOST_MAILS + 10):
        notify([ada], lunch, key=f"{n}", now=NOON)
    at_once(lambda _n: dispatch.send_due(now=lambda: NOON))
    folded = NoticeDelivery.objects.exclude(folded_into=None).count()
    mails = OutgoingMail.objects.exclude(subject__contains="notices").count()
    assert folded + mails == MOST_MAILS + 10
    assert OutgoingMail.objects.filter(subject__contains="notices").count() == 1
