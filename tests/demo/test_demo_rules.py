"""The demo company lives with rules: what came in lately shows them, its past does not (N6)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from automation.assigning.asking import are_given_out, plans_at_rest
from automation.assigning.fairness import Question, fairness
from automation.models import (
    AgentSeat,
    Assignment,
    Contact,
    OnCallRole,
    Page,
    RoutingPlan,
    Rule,
    RuleRun,
    WaitingTicket,
)
from automation.on_call.schedules import on_call
from automation.versions import rules_in_force
from core.models import TimedAction
from helpdesk.demo import founding, play, rulebook, scenes
from notifications.models import Notification
from tickets.models import Task, Ticket, Watcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, monkeypatch):
    settings.DEMO, settings.SMTP = True, None
    monkeypatch.setattr(founding, "CUSTOMER_COUNT", 60)
    monkeypatch.setattr(play, "RECENT", 2)
    return play


def finish(progress) -> int:
    return sum(1 for _ in progress)


def test_rules_are_written_once_and_rest_where_they_do_not_fit(demo):
    for _time in range(2):
        founding.found_company(now=timezone.now())
    kinds = set(Rule.objects.values_list("kind", flat=True))
    assert kinds == {"classify", "routing", "trigger", "escalation", "timed", "macro"}
    resting = set(Rule.objects.filter(is_enabled=False).values_list("name", flat=True))
    assert resting == set(rulebook.RESTING)
    routing = rules_in_force("routing").rules
    assert routing[0].name == "No coffee at a large customer"
    assert len({(rule.name, rule.kind) for rule in Rule.objects.all()}) == Rule.objects.count()


def test_departments_give_tickets_out_in_their_own_ways(demo):
    founding.found_company(now=timezone.now())
    methods = dict(RoutingPlan.objects.values_list("department__slug", "method"))
    assert methods == {slug: giving.method for slug, giving in rulebook.PLANS.items()}
    assert set(RoutingPlan.objects.filter(is_enabled=False).values_list("department__slug")) == {
        ("orders",)
    }
    backups = AgentSeat.objects.filter(role="backup", membership__department__slug="general")
    assert [seat.membership.user.name for seat in backups] == ["Lisa Rodriguez"]


def test_a_plan_that_somebody_changed_stays(demo):
    founding.found_company(now=timezone.now())
    RoutingPlan.objects.filter(department__slug="general").update(method="senior")
    founding.found_company(now=timezone.now())
    assert RoutingPlan.objects.get(department__slug="general").method == "senior"


def test_every_role_on_call_has_somebody_in_past_and_present(demo):
    now = timezone.now()
    founding.found_company(now=now)
    for role in OnCallRole.objects.select_related("schedule"):
        assert on_call(role, now) is not None
        assert on_call(role, now - timedelta(weeks=10)) is not None
    tier1 = Contact.objects.get(tier="Tier 1")
    assert tier1.next_contact.next_contact.next_contact.tier == "Leadership"


def test_newest_tickets_are_an_emergency_and_one_that_waits(demo):
    finish(demo.play_recent(demo.prepare(now=timezone.now(), tickets=3)))
    emergency, waiting = Ticket.objects.order_by("created_at")
    page = Page.objects.get(ticket=emergency)
    assert page.acknowledged_at - page.opened_at < timedelta(minutes=15)
    assert emergency.is_emergency
    assert emergency.assignee == page.acknowledged_by
    assert emergency.priority.slug == "urgent"
    assert "lack UI/UX Issues" in WaitingTicket.objects.get(ticket=waiting).reason
    assert waiting.assignee is None
    runs = RuleRun.objects.filter(outcome="applied").values_list("kind", flat=True)
    assert {"classify", "routing"} <= set(runs)


def test_scenes_are_set_once(demo, monkeypatch):
    monkeypatch.setattr(play, "RECENT", 12)
    plan = demo.prepare(now=timezone.now(), tickets=13)
    finish(demo.play_recent(plan))
    scenes.set_scenes(now=timezone.now())
    assert Task.objects.filter(title__in=[title for title, _within in scenes.TASKS]).count() == 2
    assert Watcher.objects.filter(user__name="Sarah Johnson").count() <= 1
    snoozed = Ticket.objects.get(snoozed_until__isnull=False)
    assert TimedAction.objects.filter(kind="tickets.snooze", key=str(snoozed.pk)).exists()


def test_history_is_not_touched_by_rules_and_holds_no_seat(demo):
    plan = demo.prepare(now=timezone.now(), tickets=40)
    finish(demo.play_history(plan))
    assert not RuleRun.objects.exists()
    assert not WaitingTicket.objects.exists()
    assert not AgentSeat.objects.exclude(last_seq=0).exists()
    in_turn = Assignment.objects.given().select_related("ticket")
    assert in_turn.count() == Ticket.objects.filter(department__slug="general").count() > 0
    assert all(row.at - row.ticket.created_at < timedelta(minutes=1) for row in in_turn)
    assert not Notification.objects.filter(kind="ticket.assigned").exists()


def test_turns_of_the_past_were_fair(demo):
    finish(demo.play_history(demo.prepare(now=timezone.now(), tickets=16)))
    now = timezone.now()
    weeks = fairness(Question(start=now - timedelta(days=100), end=now))
    owed = Counter()
    for line in (line for week in weeks for line in week.lines):
        owed[line.name] += line.actual - line.expected
    assert len(owed) == 6
    assert all(abs(debt) <= 1 for debt in owed.values())


def test_news_about_closed_tickets_of_the_past_was_read(demo):
    finish(demo.play_history(demo.prepare(now=timezone.now(), tickets=10)))
    unread = Notification.objects.filter(is_unread=True).values_list("about", flat=True)
    closed = {
        f"ticket:{pk}" for pk in Ticket.objects.filter(is_open=False).values_list("pk", flat=True)
    }
    assert not closed & set(unread)


def test_plans_at_rest_ask_for_nobody(demo):
    founding.found_company(now=timezone.now())
    assert are_given_out()
    with plans_at_rest():
        assert not are_given_out()


def test_two_colleagues_are_away(demo):
    founding.found_company(now=timezone.now())
    away = User.objects.staff().exclude(availability="available").order_by("name")
    assert [user.name for user in away] == ["Emma Davis", "Tom Wilson"]
