"""Timed rules: found when due, fired once, called off by what happens meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Department
from automation import timed
from automation.models import EffectRun, RuleRun, TimedFiring
from automation.versions import publish
from core.memo import forget_all
from tests.automation.timed_stories import DAY, HOUR, START, days, hours, make_rule, sweep
from tests.factories import make_calendar, make_inbound, make_reply, make_ticket
from tickets.actions import assign_ticket, change_status, change_ticket, snooze_ticket
from tickets.actions.changes import Changes
from tickets.actors import Actor
from tickets.models import Status, Ticket
from tickets.models.vocabulary import Kind

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


@pytest.fixture
def ticket(ada, cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, now=START)


def tags(ticket: Ticket) -> list[str]:
    return sorted(ticket.tags.values_list("name", flat=True))


def status(kind: Kind) -> Status:
    return Status.objects.filter(kind=kind).order_by("position").first()


def test_waiting_customer_is_noticed_after_four_hours(ticket):
    make_rule("idle_after_customer_reply", hours(4))
    assert sweep(4 * HOUR - timedelta(seconds=1)) == 0
    assert sweep(4 * HOUR) == 1
    assert tags(ticket) == ["late"]


def test_it_fires_once_for_one_wait(ticket):
    make_rule("idle_after_customer_reply", hours(4))
    assert [sweep(4 * HOUR), sweep(5 * HOUR), sweep(50 * HOUR)] == [1, 0, 0]
    assert EffectRun.objects.count() == 1


def test_an_answer_calls_it_off_and_the_next_wait_counts_anew(ticket, ada):
    make_rule("idle_after_customer_reply", hours(4))
    make_reply(ticket, ada, now=START + 3 * HOUR)
    assert sweep(20 * HOUR) == 0
    make_inbound(ticket, now=START + 21 * HOUR)
    assert [sweep(24 * HOUR), sweep(25 * HOUR), sweep(26 * HOUR)] == [0, 1, 0]


def test_an_answer_between_looking_and_locking_counts(ticket, ada):
    make_rule("idle_after_customer_reply", hours(4))
    (one,) = timed.timed_rules(START + 5 * HOUR)
    ((pk, _since),) = one.due()
    make_reply(ticket, ada, now=START + 5 * HOUR)
    assert timed._fire(one, pk) == 0
    assert not TimedFiring.objects.exists()


def test_conditions_hold_at_the_time_of_firing(ticket, technical, billing):
    other = {"field": "department", "op": "is", "value": billing.pk}
    make_rule("idle_after_customer_reply", hours(4), conditions=other)
    assert sweep(5 * HOUR) == 0
    change_ticket(ticket, changes=Changes(department=billing), actor=SYSTEM, now=START + 5 * HOUR)
    assert sweep(5 * HOUR + timedelta(seconds=10)) == 1


def test_conditions_only_facts_can_answer_are_asked_again_later(ticket):
    named = {"field": "subject", "op": "contains_any", "value": ["espresso"]}
    make_rule("idle_after_customer_reply", hours(4), conditions=named)
    assert sweep(5 * HOUR) == 1


def test_what_does_not_fit_rests_for_ten_minutes(ticket):
    named = {"field": "body", "op": "contains_any", "value": ["invoice"]}
    make_rule("idle_after_customer_reply", hours(4), conditions=named)
    assert sweep(5 * HOUR) == 0
    row = TimedFiring.objects.get()
    assert (row.count, row.not_before) == (0, START + 5 * HOUR + timed.RECHECK)
    assert RuleRun.objects.count() == 0


def test_an_edited_rule_is_right_at_once(ticket):
    named = {"field": "body", "op": "contains_any", "value": ["invoice"]}
    rule = make_rule("idle_after_customer_reply", hours(4), conditions=named)
    assert sweep(5 * HOUR) == 0
    rule.conditions = {"field": "body", "op": "contains_any", "value": ["machines"]}
    rule.save()
    publish("escalation", actor=None, now=START)
    assert sweep(5 * HOUR + timedelta(seconds=10)) == 1


def test_a_shorter_time_takes_effect_at_once(ticket):
    rule = make_rule("idle_after_customer_reply", hours(40))
    assert sweep(5 * HOUR) == 0
    rule.trigger_args = hours(4)
    rule.save()
    publish("escalation", actor=None, now=START)
    assert sweep(5 * HOUR) == 1


def test_a_disabled_rule_rests(ticket):
    make_rule("idle_after_customer_reply", hours(4), is_enabled=False)
    assert sweep(5 * HOUR) == 0


def test_a_snoozed_ticket_rests(ticket, ada):
    make_rule("unanswered_for", hours(4))
    until = START + 10 * HOUR
    snooze_ticket(ticket, until=until, actor=Actor.of_user(ada), now=START + HOUR)
    assert sweep(5 * HOUR) == 0


def test_business_hours_count_only_while_the_shop_is_open(ticket):
    shop = make_calendar("Shop", now=START)
    make_rule("idle_after_customer_reply", hours(10, hours="business"), calendar=shop)
    # Monday 9-17 are eight hours; the other two end on Tuesday at 11.
    assert sweep(DAY + 2 * HOUR - timedelta(seconds=1)) == 0
    assert sweep(DAY + 2 * HOUR) == 1


def test_a_rule_without_hours_of_its_own_counts_in_those_of_each_department(ticket, cleo, billing):
    shop = make_calendar("Shop", now=START)
    Department.objects.filter(pk=billing.pk).update(calendar=shop)
    forget_all()
    late = make_ticket(cleo, billing, now=START + 7 * HOUR)
    make_rule("unanswered_for", hours(2, hours="business"))
    # Billing's day ends at 17:00 UTC, an hour after its ticket came; the house works on.
    sweep(10 * HOUR)
    assert tags(late) == []
    sweep(DAY + HOUR)
    assert tags(late) == ["late"]


def test_two_working_days_end_on_the_second_one(ticket):
    shop = make_calendar("Shop", now=START)
    make_rule("unanswered_for", days(2, hours="business"), calendar=shop)
    assert sweep(2 * DAY - HOUR) == 0
    assert sweep(2 * DAY + HOUR) == 1


def test_nobody_assigned(ticket, ada):
    make_rule("unassigned_for", {"amount": 30, "unit": "minutes", "hours": "any"})
    assert sweep(timedelta(minutes=30)) == 1
    assign_ticket(ticket, assignee=ada, actor=SYSTEM, now=START + HOUR)
    assign_ticket(ticket, assignee=None, actor=SYSTEM, now=START + 2 * HOUR)
    assert sweep(2 * HOUR + timedelta(minutes=29)) == 0
    assert sweep(2 * HOUR + timedelta(minutes=30)) == 1


def test_a_status_that_stays(ticket):
    open_, hold = status(Kind.OPEN), status(Kind.WAITING_THIRD_PARTY)
    make_rule("status_stuck", hours(4, status=hold.pk))
    assert sweep(9 * HOUR) == 0
    change_status(ticket, status=hold, actor=SYSTEM, now=START + 9 * HOUR)
    assert [sweep(12 * HOUR), sweep(13 * HOUR)] == [0, 1]
    change_status(ticket, status=open_, actor=SYSTEM, now=START + 14 * HOUR)
    assert sweep(30 * HOUR) == 0


def test_time_on_hold_does_not_count_towards_resolution(ticket):
    make_rule("unresolved_after", hours(4))
    hold = status(Kind.WAITING_THIRD_PARTY)
    change_status(ticket, status=hold, actor=SYSTEM, now=START + 2 * HOUR)
    assert sweep(9 * HOUR) == 0
    change_status(ticket, status=status(Kind.OPEN), actor=SYSTEM, now=START + 10 * HOUR)
    assert [sweep(11 * HOUR), sweep(12 * HOUR)] == [0, 1]


def test_a_reopened_ticket_counts_anew(ticket, ada):
    make_rule("unresolved_after", hours(4))
    assert sweep(4 * HOUR) == 1
    change_status(ticket, status=status(Kind.CLOSED), actor=SYSTEM, now=START + 5 * HOUR)
    make_inbound(ticket, now=START + 10 * HOUR)
    assert [sweep(13 * HOUR), sweep(14 * HOUR), sweep(15 * HOUR)] == [0, 1, 0]


def test_repeats_as_often_as_said(ticket):
    make_rule("idle_after_customer_reply", hours(1, repeat_every=30, repeat_max=2))
    half = timedelta(minutes=30)
    assert [sweep(HOUR + n * half) for n in range(5)] == [1, 1, 1, 0, 0]
    assert EffectRun.objects.values("key").distinct().count() == 3


def test_rules_that_renew_each_other_are_stopped(ticket, monkeypatch):
    """Each sets the status the other waits for: a loop a minute, cut off for the day."""
    monkeypatch.setattr(timed, "MAX_A_DAY", 5)
    minute = {"amount": 1, "unit": "minutes", "hours": "any"}
    here, there = status(Kind.OPEN), status(Kind.WAITING_THIRD_PARTY)
    for one, other in ((here, there), (there, here)):
        make_rule(
            "status_stuck",
            {**minute, "status": one.pk},
            {"effect": "set_status", "status": other.pk},
        )
    change_status(ticket, status=here, actor=SYSTEM, now=START)
    done = sum(sweep(timedelta(minutes=n)) for n in range(1, 20))
    assert done == 2 * timed.MAX_A_DAY
    assert RuleRun.objects.filter(outcome=RuleRun.Outcome.LOOP_GUARD).exists()


def test_one_ticket_that_fails_does_not_hold_up_the_others(ticket, cleo, monkeypatch):
    make_rule("idle_after_customer_reply", hours(4))
    other = make_ticket(cleo, now=START + HOUR)
    real = timed._run

    def broken(one, firing):
        if firing.ticket_id == ticket.pk:
            raise RuntimeError("broken")
        return real(one, firing)

    monkeypatch.setattr(timed, "_run", broken)
    assert sweep(5 * HOUR) == 1
    assert tags(other) == ["late"]
    monkeypatch.undo()
    assert sweep(5 * HOUR + timed.RECHECK) == 1


def test_business_hours_cost_two_statements_more(ticket, statements):
    make_rule("unanswered_for", hours(4, hours="business"))
    sweep(HOUR)
    with statements(3):
        assert sweep(HOUR) == 0


def test_a_sweep_with_nothing_due_asks_once_for_each_rule(ticket, statements):
    make_rule("idle_after_customer_reply", hours(4))
    make_rule("unresolved_after", hours(4))
    make_rule("inactive_for", days(7), kind="timed")
    sweep(HOUR)
    with statements(3):
        assert sweep(HOUR) == 0


@pytest.mark.parametrize(
    ("trigger", "more"),
    [
        ("idle_after_customer_reply", {}),
        ("unanswered_for", {}),
        ("unresolved_after", {}),
        ("unassigned_for", {}),
        ("overdue_for", {}),
        ("inactive_for", {}),
        ("status_stuck", {"status": 1}),
    ],
)
def test_no_rule_reads_the_whole_table(ticket, trigger, more):
    seed_quiet_tickets(ticket, 4_000)
    make_rule(trigger, hours(4, **more))
    (one,) = timed.timed_rules(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        sql, params = one.due()[: timed.BATCH].query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on tickets_ticket" not in plan, plan


def seed_quiet_tickets(like: Ticket, count: int) -> None:
    """Closed tickets of long ago, as most of a table are."""
    closed = status(Kind.CLOSED)
    long_ago = START - 400 * DAY
    rows = [
        Ticket(
            number=1_000_000 + n,
            subject="Old",
            customer=like.customer,
            department=like.department,
            status=closed,
            status_kind=Kind.CLOSED,
            priority=like.priority,
            priority_rank=like.priority_rank,
            channel="email",
            is_open=False,
            created_at=long_ago,
            updated_at=long_ago,
            last_human_at=long_ago,
            status_since=long_ago,
        )
        for n in range(count)
    ]
    Ticket.objects.bulk_create(rows)
