"""A storm of notices becomes one mail, and so does the day of who wants one mail a day."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from mailpipe.models import OutgoingMail
from mailpipe.secrets import readable_body
from notifications import dispatch
from notifications.actions import notify
from notifications.folding import MOST_MAILS
from notifications.models import Habits, NoticeDelivery
from tests.notifications.conftest import NOON

pytestmark = pytest.mark.django_db
TOMORROW_AT_EIGHT = NOON.replace(hour=8) + timedelta(days=1)


def send(at: datetime = NOON) -> int:
    return dispatch.send_due(now=lambda: at)


def tell(user, notice, count: int, *, at: datetime = NOON, name: str = "x") -> None:
    for n in range(count):
        titled = dataclasses.replace(notice, title=f"Soup {n}", url=f"/admin/soup/{n}")
        notify([user], titled, key=f"{name}{n}", now=at)


def test_a_storm_becomes_one_mail_and_every_row_says_where_it_went(lunch, ada, settings) -> None:
    tell(ada, lunch, MOST_MAILS + 1)
    send()
    mail = OutgoingMail.objects.get()
    assert mail.subject == "21 notices"
    text = readable_body(mail)[0]
    assert "- Soup 20" in text
    assert f"{settings.SITE_URL}/admin/soup/20" in text
    digest = NoticeDelivery.objects.get(kind="digest")
    assert (digest.state, digest.folded.count()) == ("sent", 21)
    assert set(digest.folded.values_list("state", flat=True)) == {"cancelled"}
    assert ada.notifications.count() == 21


def test_twenty_are_no_storm(lunch, ada) -> None:
    tell(ada, lunch, MOST_MAILS)
    send()
    assert OutgoingMail.objects.count() == MOST_MAILS


def test_a_storm_over_one_person_leaves_the_others_alone(lunch, ada, ben) -> None:
    tell(ada, lunch, MOST_MAILS + 1)
    tell(ben, lunch, 2)
    send()
    assert sorted(mail.subject for mail in OutgoingMail.objects.all()) == [
        "21 notices", "Soup 0", "Soup 1",
    ]  # fmt: skip


def test_a_storm_that_comes_drop_by_drop_is_calmed_too(lunch, ada) -> None:
    for n in range(50):
        tell(ada, lunch, 1, at=NOON + timedelta(seconds=n), name=f"{n}-")
        send(NOON + timedelta(seconds=n))
    assert OutgoingMail.objects.count() == MOST_MAILS
    send(NOON + timedelta(minutes=10))
    assert OutgoingMail.objects.count() == MOST_MAILS + 1
    assert OutgoingMail.objects.latest("pk").subject == "30 notices"


def test_urgent_notices_are_never_folded(lunch, ada) -> None:
    tell(ada, dataclasses.replace(lunch, is_urgent=True), MOST_MAILS + 5)
    send()
    assert OutgoingMail.objects.count() == MOST_MAILS + 5


def test_the_day_of_a_daily_reader_is_one_mail(lunch, ada) -> None:
    Habits.objects.create(user=ada, digest="daily")
    tell(ada, lunch, 3)
    assert send() == 0
    send(TOMORROW_AT_EIGHT)
    assert OutgoingMail.objects.get().subject == "3 notices"


def test_a_single_notice_of_the_day_is_sent_as_it_is(lunch, ada) -> None:
    Habits.objects.create(user=ada, digest="daily")
    tell(ada, lunch, 1)
    send(TOMORROW_AT_EIGHT)
    assert OutgoingMail.objects.get().subject == "Soup 0"


def test_folding_twice_folds_once(lunch, ada) -> None:
    tell(ada, lunch, MOST_MAILS + 1)
    send()
    send(NOON + timedelta(minutes=30))
    assert OutgoingMail.objects.count() == 1


def test_the_texts_of_notices_stay_out_of_the_digest(lunch, ada) -> None:
    tell(ada, dataclasses.replace(lunch, body="canary-body"), MOST_MAILS + 1)
    send()
    assert "canary-body" not in readable_body(OutgoingMail.objects.get())[0]
