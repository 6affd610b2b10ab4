"""Paging: level after level, once each, until somebody answers or the ticket is resolved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from automation.models import OnCallRole, OnCallSchedule, Page, PageStep
from automation.on_call import health
from automation.on_call.paging import acknowledge, end_page, page
from automation.on_call.schedules import seat_people
from core import timers
from core.events import emit
from notifications.events import SmsReceived
from notifications.models import Endpoint, NoticeDelivery, Notification
from tests.automation.conftest import NOW
from tests.automation.on_call import make_role, make_schedule
from tests.factories import make_reply, make_ticket, make_user
from tickets.actions import close_ticket, delete_ticket
from tickets.actors import Actor
from tickets.models import Task, Ticket

pytestmark = pytest.mark.django_db
BEFORE = datetime(2025, 1, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def schedule(ada: User, ben: User) -> OnCallSchedule:
    """ada first, ben after fifteen minutes."""
    row = make_schedule()
    make_role(row, "Primary engineer", ada, now=BEFORE)
    make_role(row, "Backup engineer", ben, level=2, now=BEFORE)
    return row


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, now=NOW)


@pytest.fixture
def called(schedule: OnCallSchedule, ticket: Ticket) -> Page:
    return page(ticket, cause="System down", schedule=schedule, key="k1", now=NOW)


def told(user: User) -> int:
    return Notification.objects.filter(user=user, kind="page").count()


def test_primary_is_called_over_every_channel(called, ada, ben):
    assert (told(ada), told(ben)) == (1, 0)
    notice = Notification.objects.get(user=ada, kind="page")
    assert notice.is_urgent
    assert notice.url == f"/admin/on_call/pages/{called.pk}"
    channels = set(notice.deliveries.values_list("channel", flat=True))
    assert channels == {"sms", "mail"}


def test_backup_is_called_at_fifteen_minutes_and_once(called, ada, ben):
    assert timers.act_on_due(NOW + 14 * MINUTE + timedelta(seconds=59)) == 0
    assert told(ben) == 0
    for _again in range(2):
        timers.act_on_due(NOW + 15 * MINUTE)
    assert (told(ada), told(ben)) == (1, 1)


def test_acknowledged_in_the_last_second_stops(called, ada, ben):
    row = acknowledge(called, user=ada, now=NOW + 14 * MINUTE + timedelta(seconds=59))
    assert row.acknowledged_by == ada
    assert timers.act_on_due(NOW + 60 * MINUTE) == 0
    assert told(ben) == 0


def test_second_answer_changes_nothing(called, ada, ben):
    acknowledge(called, user=ada, now=NOW + MINUTE)
    row = acknowledge(called, user=ben, now=NOW + 2 * MINUTE)
    assert (row.acknowledged_by, row.acknowledged_at) == (ada, NOW + MINUTE)


@pytest.mark.parametrize(("text", "is_answer"), [(" OK! ", True), ("who is this", False)])
def test_text_message_that_says_ok_acknowledges(called, ada, text, is_answer):
    emit(SmsReceived(user_id=ada.pk, phone="+442079460000", text=text, now=NOW + MINUTE))
    called.refresh_from_db()
    assert called.is_acknowledged == is_answer


def test_text_message_of_somebody_who_was_not_called_changes_nothing(called, ben):
    emit(SmsReceived(user_id=ben.pk, phone="+442079460001", text="OK", now=NOW + MINUTE))
    called.refresh_from_db()
    assert called.awaits_answer


def test_same_cause_is_one_page_while_it_is_open(called, schedule, ticket):
    assert page(ticket, cause="System down", schedule=schedule, key="k2", now=NOW) == called
    other = page(ticket, cause="Data loss", schedule=schedule, key="k3", now=NOW)
    assert other != called
    end_page(called, now=NOW)
    again = page(ticket, cause="System down", schedule=schedule, key="k4", now=NOW)
    assert again not in (called, other)
    assert page(ticket, cause="System down", schedule=schedule, key="k1", now=NOW) == called


def test_empty_slot_calls_the_next_level_at_once(schedule, ticket, ben):
    primary = OnCallRole.objects.get(name="Primary engineer")
    seat_people(primary, people=[], actor=None, now=BEFORE + MINUTE)
    row = page(ticket, cause="System down", schedule=schedule, key="k", now=NOW)
    assert [step.state for step in row.steps.all()] == ["empty", "paged"]
    assert (told(ben), row.level) == (1, 2)


def test_gap_shows_on_the_system_page(schedule, monkeypatch):
    monkeypatch.setattr(health.clock, "now", lambda: NOW)
    assert health.coverage().is_well
    primary = OnCallRole.objects.get(name="Primary engineer")
    seat_people(primary, people=[], actor=None, now=BEFORE + MINUTE)
    line = health.coverage()
    assert not line.is_well
    assert line.text == "Nobody is on call: Emergency: Primary engineer"


def test_person_without_text_messages_shows_on_the_system_page(schedule, ada, ben, monkeypatch):
    monkeypatch.setattr(health.clock, "now", lambda: NOW)
    User.objects.get_queryset().filter(pk=ben.pk).update(phone="+442079460000")
    User.objects.get_queryset().filter(pk=ada.pk).update(
        phone="+442079460001", sms_opted_out_at=NOW
    )
    assert health.reachability().text == "On call without text messages: Ada"


def test_person_who_left_is_passed_over(schedule, ticket, ada, ben):
    ada.is_active = False
    ada.save()
    row = page(ticket, cause="System down", schedule=schedule, key="k", now=NOW)
    assert row.steps.get(user=ada).state == PageStep.State.UNREACHABLE
    assert (told(ada), told(ben), row.level) == (0, 1, 2)


def test_managers_hear_when_everybody_is_silent(called, max_, ben):
    timers.act_on_due(NOW + 15 * MINUTE)
    assert told(max_) == 0
    timers.act_on_due(NOW + 30 * MINUTE)
    called.refresh_from_db()
    assert called.exhausted_at == NOW + 30 * MINUTE
    assert (told(max_), told(ben)) == (1, 1)
    assert not health.unanswered_pages().is_well
    assert called.awaits_answer


def test_two_roles_of_a_level_are_called_together(called, schedule, ticket, ada, ben):
    carl = make_user("Carl")
    make_role(schedule, "Primary support", carl, now=BEFORE + MINUTE)
    page(ticket, cause="Breach", schedule=schedule, key="k2", now=NOW)
    assert (told(ada), told(carl), told(ben)) == (2, 1, 0)


def test_resolution_ends_pages_and_asks_for_the_report(called, ticket, ada):
    acknowledge(called, user=ada, now=NOW + MINUTE)
    close_ticket(ticket, actor=Actor.of_user(ada), now=NOW + 60 * MINUTE)
    called.refresh_from_db()
    assert called.ended_at == NOW + 60 * MINUTE
    task = Task.objects.get(ticket=ticket)
    assert (task.title, task.owner) == ("Write the incident report", ada)


def test_deleted_ticket_ends_pages_without_a_report(called, ticket, max_):
    delete_ticket(ticket, actor=Actor.of_user(max_), now=NOW)
    called.refresh_from_db()
    assert called.ended_at == NOW
    assert not Task.objects.exists()
    assert timers.act_on_due(NOW + 15 * MINUTE) == 0


def test_pagerduty_follows_a_page_under_one_key(schedule, ticket, ada):
    duty = Endpoint.objects.create(
        kind="pagerduty", name="Duty", slug="duty", created_at=NOW, settings={}
    )
    chat = Endpoint.objects.create(
        kind="slack", name="Emergencies", slug="emergencies", created_at=NOW, settings={}
    )
    schedule.endpoints.set([duty, chat])
    row = page(ticket, cause="System down", schedule=schedule, key="k", now=NOW)
    acknowledge(row, user=ada, now=NOW + MINUTE)
    close_ticket(ticket, actor=Actor.of_user(ada), now=NOW + 2 * MINUTE)
    sent = NoticeDelivery.objects.filter(endpoint=duty).order_by("pk")
    key = f"page-{row.pk}"
    assert [delivery.payload for delivery in sent] == [
        {"dedup_key": key, "action": action} for action in ("trigger", "acknowledge", "resolve")
    ]
    assert NoticeDelivery.objects.filter(endpoint=chat).count() == 1


def test_page_without_a_ticket_is_open_once(schedule, ada):
    first = page(None, cause="Backup failed", schedule=schedule, key="k1", now=NOW)
    assert page(None, cause="Backup failed", schedule=schedule, key="k2", now=NOW) == first
    assert told(ada) == 1


def test_reply_with_nobody_called_costs_one_look(ticket, ada):
    make_reply(ticket, ada, now=NOW + MINUTE)
    assert not Page.objects.exists()
