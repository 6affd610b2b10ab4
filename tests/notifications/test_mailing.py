"""Notices by mail: in the outbox exactly once, whoever dies in between."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from accounts.models import User
from core import outbox
from mailpipe.models import OutgoingMail
from mailpipe.secrets import readable_body
from notifications import dispatch, mailing
from notifications.actions import notify
from notifications.models import NoticeDelivery
from tests.notifications.conftest import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=2)


def send(at=NOON) -> int:
    return dispatch.send_due(now=lambda: at)


def test_a_notice_becomes_a_mail_that_answers_to_nobody(lunch, ada, settings) -> None:
    notify([ada], lunch, key="x", now=NOON)
    assert send() == 1
    mail = OutgoingMail.objects.get()
    assert (mail.subject, mail.to) == ("Soup is ready", [ada.email])
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    text = readable_body(mail)[0]
    assert "Lentils <today>." in text
    assert f"{settings.SITE_URL}/admin/soup" in text
    assert "/admin/profile/notifications" in text


def test_reply_address_and_headers_of_the_notice_are_kept(lunch, ada) -> None:
    notice = dataclasses.replace(
        lunch, mail_reply_to="tech+1@company.example", mail_headers={"References": "<a@b>"}
    )
    notify([ada], notice, key="x", now=NOON)
    send()
    mail = OutgoingMail.objects.get()
    assert mail.reply_to == "tech+1@company.example"
    assert mail.headers["References"] == "<a@b>"


def test_a_second_sweep_sends_nothing(lunch, ada) -> None:
    notify([ada], lunch, key="x", now=NOON)
    assert (send(), send(LATER)) == (1, 0)
    assert OutgoingMail.objects.count() == 1
    row = NoticeDelivery.objects.get()
    assert (row.state, row.sent_at, row.attempts) == ("sent", NOON, 1)


def test_a_worker_killed_after_the_claim_costs_a_lease_and_no_second_mail(lunch, ada) -> None:
    notify([ada], lunch, key="x", now=NOON)
    dispatch.claim_next(now=NOON)
    assert send(NOON + timedelta(seconds=30)) == 0
    assert send(LATER) == 1
    assert OutgoingMail.objects.count() == 1
    assert NoticeDelivery.objects.get().crashes == 1


def test_a_worker_that_slept_past_its_lease_leaves_the_mail_to_the_next(lunch, ada) -> None:
    notify([ada], lunch, key="x", now=NOON)
    asleep = dispatch.claim_next(now=NOON)
    send(LATER)
    assert not mailing.hand_over(asleep, now=LATER)
    assert OutgoingMail.objects.count() == 1


def test_neither_mail_nor_settled_row_without_the_other(lunch, ada, monkeypatch) -> None:
    notify([ada], lunch, key="x", now=NOON)

    def fail(*_args, **_facts) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(mailing.outbox, "settle_sent", fail)
    send()
    assert not OutgoingMail.objects.exists()
    row = NoticeDelivery.objects.get()
    assert row.state == "pending"
    assert "disk full" in row.last_error


def test_who_left_gets_no_mail_that_still_waits(lunch, ada) -> None:
    notify([ada], lunch, key="x", now=NOON)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    send()
    assert not OutgoingMail.objects.exists()
    assert NoticeDelivery.objects.get().state == "failed"


def test_urgent_notices_go_before_older_ones(lunch, ada, ben) -> None:
    notify([ada], lunch, key="x", now=NOON)
    notify([ben], dataclasses.replace(lunch, is_urgent=True), key="y", now=LATER)
    assert dispatch.claim_next(now=LATER).user == ben


def test_one_that_cannot_be_written_holds_up_nobody(lunch, ada, ben, monkeypatch) -> None:
    notify([ada, ben], lunch, key="x", now=NOON)
    whole = mailing._mail
    monkeypatch.setattr(mailing, "_mail", lambda row: whole(row) if row.user == ben else 1 / 0)
    send()
    assert OutgoingMail.objects.get().to == [ben.email]


def test_a_failed_one_is_sent_again_when_a_manager_says_so(lunch, ada, max_) -> None:
    notify([ada], lunch, key="x", now=NOON)
    row = dispatch.claim_next(now=NOON)
    outbox.settle_failed(row, error="no", now=NOON)
    outbox.redrive(row, actor=max_, now=LATER)
    send(LATER)
    assert OutgoingMail.objects.count() == 1
