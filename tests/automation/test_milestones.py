"""Milestones of an emergency: reached by hand, by answers, by acknowledgement; missed once each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from automation.models import Milestone, MilestoneSet
from automation.on_call.milestones import drop_milestones, reach, start_milestones
from automation.on_call.paging import acknowledge, page
from core import timers
from notifications.models import Notification
from tests.automation.conftest import NOW
from tests.automation.on_call import make_role, make_schedule
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets.actions import assign_ticket, close_ticket
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def protocol(db) -> MilestoneSet:
    return MilestoneSet.objects.get(name="Emergency protocol")


@pytest.fixture
def ticket(cleo, technical, ada) -> Ticket:
    row = make_ticket(cleo, technical, now=NOW)
    return assign_ticket(row, assignee=ada, actor=Actor.of_user(ada), now=NOW)


@pytest.fixture
def running(ticket, protocol) -> dict[str, Milestone]:
    rows = start_milestones(ticket, milestone_set=protocol, now=NOW)
    return {row.label: row for row in rows}


def named(label: str) -> Milestone:
    return Milestone.objects.filter(label=label).order_by("round").last()


def missed(user: User) -> list[str]:
    told = Notification.objects.filter(user=user, kind="milestone_missed").order_by("pk")
    return [row.title.partition(" (")[0] for row in told]


def test_protocol_says_what_is_due_when(running):
    due = {label: (row.due_at - NOW) // MINUTE for label, row in running.items()}
    assert due == {
        "Acknowledge": 15,
        "Diagnose": 30,
        "Workaround or estimated time": 60,
        "Update the customer": 30,
    }


def test_starting_twice_is_once(running, ticket, protocol):
    assert start_milestones(ticket, milestone_set=protocol, now=NOW + MINUTE) == []
    assert Milestone.objects.count() == len(running)


def test_resolved_ticket_starts_nothing(ticket, protocol, ada):
    close_ticket(ticket, actor=Actor.of_user(ada), now=NOW)
    assert start_milestones(ticket, milestone_set=protocol, now=NOW) == []


def test_answer_of_staff_acknowledges_and_updates(running, ticket, ada):
    make_note(ticket, ada)
    make_inbound(ticket, now=NOW + MINUTE)
    assert named("Acknowledge").done_at is None
    make_reply(ticket, ada, now=NOW + 10 * MINUTE)
    assert named("Acknowledge").done_at == NOW + 10 * MINUTE
    assert named("Acknowledge").done_by == ada
    assert named("Diagnose").done_at is None
    update = named("Update the customer")
    assert (update.round, update.due_at, update.done_at) == (2, NOW + 40 * MINUTE, None)


def test_acknowledged_page_reaches_the_milestone(running, ticket, ada):
    schedule = make_schedule()
    make_role(schedule, "Primary", ada, now=NOW - MINUTE)
    row = page(ticket, cause="Down", schedule=schedule, key="k", now=NOW)
    acknowledge(row, user=ada, now=NOW + 3 * MINUTE)
    assert named("Acknowledge").done_at == NOW + 3 * MINUTE
    assert named("Update the customer").done_at is None


def test_missed_one_is_told_once_and_may_be_done_late(running, ada):
    assert timers.act_on_due(NOW + 15 * MINUTE - timedelta(seconds=1)) == 0
    for _again in range(2):
        timers.act_on_due(NOW + 15 * MINUTE)
    assert missed(ada) == ["Missed: Acknowledge"]
    row = reach(named("Acknowledge"), user=ada, now=NOW + 20 * MINUTE)
    assert (row.missed_at, row.done_at) == (NOW + 15 * MINUTE, NOW + 20 * MINUTE)


def test_update_goes_on_until_the_ticket_is_resolved(running, ticket, ada):
    timers.act_on_due(NOW + 30 * MINUTE)
    assert named("Update the customer").due_at == NOW + 60 * MINUTE
    timers.act_on_due(NOW + 60 * MINUTE)
    assert named("Update the customer").round == 3
    close_ticket(ticket, actor=Actor.of_user(ada), now=NOW + 70 * MINUTE)
    assert not Milestone.objects.open().exists()
    assert timers.act_on_due(NOW + timedelta(days=2)) == 0
    assert missed(ada).count("Missed: Update the customer") == 2


def test_downtime_misses_one_round_and_not_forty(running):
    timers.act_on_due(NOW + timedelta(hours=20))
    update = Milestone.objects.filter(label="Update the customer")
    assert [(row.missed_at is not None, row.round) for row in update] == [(True, 1), (False, 2)]


def test_called_off_is_neither_done_nor_missed(running, ticket):
    assert drop_milestones(ticket, now=NOW + MINUTE) == len(running)
    assert timers.act_on_due(NOW + timedelta(days=1)) == 0
    assert not Milestone.objects.exclude(missed_at=None).exists()
