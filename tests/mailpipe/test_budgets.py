"""Limits that end every ping-pong and every flood, counted in the database (mail.md 46, X-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from core import options
from mailpipe.models import OutgoingMail
from tests.factories import make_customer, make_ticket
from tests.mailpipe.letters import receive

pytestmark = pytest.mark.django_db


def receipts() -> int:
    return OutgoingMail.objects.filter(kind="receipt").count()


def test_x05_address_gets_five_confirmations_an_hour(technical):
    victim = make_customer("Vic", "vic@victim.example")
    for number in range(30):
        make_ticket(victim, technical, channel="form", subject=f"Buy {number}")
    assert receipts() == 5


def test_address_gets_twenty_confirmations_a_day(technical):
    victim = make_customer("Vic", "vic@victim.example")
    start = timezone.now().replace(hour=0, minute=30)
    for hour in range(12):
        for number in range(3):
            make_ticket(
                victim,
                technical,
                channel="form",
                subject=f"{hour}.{number}",
                now=start + timedelta(hours=hour),
            )
    assert receipts() == 20


def test_same_subject_is_confirmed_twice_a_day(technical):
    for _number in range(4):
        receive(Subject="Same old story")
    assert receipts() == 2


def test_two_programs_stop_talking(technical):
    """An auto-responder without any header answers each confirmation with a new mail."""
    for number in range(15):
        receive(Subject=f"Thank you for your mail {number}", From="bot@x.example")
    assert receipts() <= 5


def test_budgets_survive_the_loss_of_redis(technical):
    for number in range(8):
        cache.clear()
        receive(Subject=f"Number {number}")
    assert receipts() == 5


def test_sender_may_open_ten_tickets_in_a_quarter_of_an_hour(technical):
    moment = timezone.now().replace(minute=1, second=0)
    outcomes = [receive(Subject=f"N {n}", now=moment).outcome for n in range(11)]
    assert outcomes[-2:] == ["ticket", "quarantined"]
    later = moment + timedelta(minutes=31)
    assert receive(Subject="Later", now=later).outcome == "ticket"


def test_sender_may_open_twenty_tickets_an_hour(technical):
    moment = timezone.now().replace(minute=1, second=0)
    outcomes = [
        receive(Subject=f"N {n}", now=moment + timedelta(minutes=2.5 * n)).outcome
        for n in range(22)
    ]
    assert outcomes.count("ticket") == 20


def test_limits_are_the_managers(technical, owner):
    now = timezone.now()
    options.set_value("mailpipe.tickets_per_15_minutes", value=2, actor=owner, now=now)
    assert [receive(Subject=f"N {n}").outcome for n in range(3)][-1] == "quarantined"


def test_other_senders_are_not_held(technical):
    for number in range(11):
        receive(Subject=f"N {number}")
    assert receive(From="otto@northlight.example").outcome == "ticket"
