"""Rules on real tickets: what they change, what they write down, and where they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from automation import effects
from automation.effects.registry import Case, Done, EffectFailed, EffectSpec
from automation.metrics import loops_stopped
from automation.models import EffectRun, RuleRun
from automation.retrying import WAITS, retry_effects
from core.registries import sweeps
from mailpipe.models import OutgoingMail
from sla.models import SlaClock
from tests.automation.conftest import NOW, RuleMaker, is_, words
from tests.factories import make_customer, make_inbound, make_reply, make_ticket
from tickets.actions import Changes, change_ticket
from tickets.actors import Actor
from tickets.content import Author
from tickets.models import Event, Priority, Ticket


def priority(rank: int) -> Priority:
    return Priority.objects.order_by("rank")[rank - 1]


def set_priority(rank: int) -> dict[str, Any]:
    return {"effect": "set_priority", "priority": priority(rank).pk}


@pytest.fixture
def moody(monkeypatch) -> dict[str, Any]:
    """An effect that does what the test tells it: fails, or is done."""
    mood: dict[str, Any] = {"fails": True, "seen": []}

    def act(case: Case, _args: Any) -> Done:
        mood["seen"].append(case.key)
        if mood["fails"]:
            raise EffectFailed("the other side is down")
        return Done(note="at last")

    spec = EffectSpec(key="moody", label="Moody", group="Test", tell=lambda _a: "sulk", act=act)
    monkeypatch.setitem(effects.registry._entries, "moody", spec)
    return mood


def test_a_classified_ticket_starts_its_clocks_under_the_new_priority(rule: RuleMaker, technical):
    rule("classify", set_priority(1), conditions=words("subject", "outage"))
    ticket = make_ticket(department=technical, subject="Total outage in hall 3", now=NOW)
    ticket.refresh_from_db()
    assert ticket.priority == priority(1)
    assert ticket.priority_rank == priority(1).rank
    change = ticket.events.get(kind=Event.Kind.CHANGED)
    assert (change.actor_kind, change.actor_name) == ("rule", "Rule 1")
    assert change.data["rule"]["id"] == RuleRun.objects.get().matched[0]
    started = SlaClock.objects.filter(ticket=ticket)
    assert all(clock.started_at == NOW for clock in started)


def test_a_run_says_what_it_saw_and_which_words_matched(rule: RuleMaker, technical):
    rule("classify", set_priority(1), conditions=words("subject", "outage", "down"))
    ticket = make_ticket(department=technical, subject="Total Outage", now=NOW)
    run = RuleRun.objects.get(ticket=ticket)
    assert run.outcome == "applied"
    assert run.found == {"subject": [[6, 12, "outage"]]}
    assert run.facts["department"] == technical.pk
    assert run.effects.get().state == "done"


def test_no_match_is_a_run_too(rule: RuleMaker, technical):
    rule("classify", set_priority(1), conditions=words("subject", "outage"))
    ticket = make_ticket(department=technical, subject="Thanks", now=NOW)
    run = RuleRun.objects.get(ticket=ticket)
    assert (run.outcome, run.matched) == ("no_match", [])
    assert ticket.events.count() == 1


def test_without_rules_nothing_is_asked_and_nothing_written(technical):
    make_ticket(department=technical)
    assert not RuleRun.objects.exists()


def test_rules_of_one_evaluation_make_one_change(rule: RuleMaker, technical, billing):
    rule("classify", set_priority(1), {"effect": "set_department", "department": billing.pk})
    rule("classify", set_priority(4))
    ticket = make_ticket(department=technical, now=NOW)
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.department) == (priority(1), billing)
    assert ticket.events.filter(kind=Event.Kind.CHANGED).count() == 1
    states = dict(EffectRun.objects.values_list("effect__effect", "state"))
    late = EffectRun.objects.order_by("rule_id", "number").last()
    assert late is not None
    assert states["set_department"] == "done"
    assert (late.state, "Rule 1" in late.note) == ("overruled", True)


def test_a_failing_effect_costs_neither_the_ticket_nor_the_others(
    rule: RuleMaker, moody, technical
):
    rule(
        "trigger", {"effect": "moody"}, {"effect": "add_tags", "tags": ["seen"]}, trigger="created"
    )
    ticket = make_ticket(department=technical, now=NOW)
    assert [tag.name for tag in ticket.tags.all()] == ["seen"]
    failed = EffectRun.objects.get(effect__effect="moody")
    assert (failed.state, failed.note) == ("failed", "the other side is down")
    assert failed.due_at == NOW + WAITS[0]


def test_an_effect_with_a_fault_is_caught_as_well(rule: RuleMaker, monkeypatch, technical):
    def act(_case: Case, _args: Any) -> Done:
        raise ZeroDivisionError

    spec = EffectSpec(key="faulty", label="", group="", tell=lambda _a: "", act=act)
    monkeypatch.setitem(effects.registry._entries, "faulty", spec)
    rule(
        "trigger", {"effect": "faulty"}, {"effect": "add_tags", "tags": ["seen"]}, trigger="created"
    )
    ticket = make_ticket(department=technical, now=NOW)
    assert ticket.tags.count() == 1
    assert "ZeroDivisionError" in EffectRun.objects.get(effect__effect="faulty").last_error


def test_a_failed_effect_is_tried_again_until_it_works(rule: RuleMaker, moody, technical):
    rule("trigger", {"effect": "moody"}, trigger="created")
    make_ticket(department=technical, now=NOW)
    assert retry_effects(NOW) == 0
    moody["fails"] = False
    assert sweeps["automation.effects"](NOW + WAITS[0]) == 1
    row = EffectRun.objects.get()
    assert (row.state, row.note, row.attempts) == ("done", "at last", 2)
    assert len(set(moody["seen"])) == 1, "the key is the same each time"


def test_five_retries_are_enough(rule: RuleMaker, moody, technical):
    rule("trigger", {"effect": "moody"}, trigger="created")
    make_ticket(department=technical, now=NOW)
    now = NOW
    for _attempt in range(7):
        now += timedelta(hours=2)
        retry_effects(now)
    row = EffectRun.objects.get()
    assert (row.state, row.attempts) == ("given_up", 6)
    assert len(moody["seen"]) == 6


def test_rules_in_circles_are_stopped_logged_and_counted(rule: RuleMaker, technical):
    """Each change wakes the other rule; the third round is the last (rules.md 4)."""
    up = [{"effect": "raise_priority", "steps": 1}]
    for number in range(6):
        rule("trigger", *up, trigger="priority_changed", name=f"Up {number}", stops=True)
    ticket = make_ticket(department=technical, now=NOW)
    lowest = Priority.objects.order_by("rank").last()
    counted = loops_stopped._value.get()
    change_ticket(ticket, changes=Changes(priority=lowest), actor=Actor.system("Test"), now=NOW)
    assert EffectRun.objects.filter(state="done").count() == 3
    guarded = RuleRun.objects.get(outcome="loop_guard")
    assert (guarded.round, guarded.notes) == (3, ["Up 0", "Up 1", "Up 2"])
    assert loops_stopped._value.get() == counted + 1


def test_a_rule_runs_once_for_a_ticket_and_root(rule: RuleMaker, technical):
    rule("trigger", {"effect": "raise_priority", "steps": 1}, trigger="priority_changed", name="Up")
    ticket = make_ticket(department=technical, now=NOW)
    lowest = Priority.objects.order_by("rank").last()
    change_ticket(ticket, changes=Changes(priority=lowest), actor=Actor.system("Test"), now=NOW)
    ticket.refresh_from_db()
    assert EffectRun.objects.filter(state="done").count() == 1
    assert RuleRun.objects.filter(outcome="applied").count() == 1


def test_what_an_agent_sets_stays(rule: RuleMaker, technical, ada):
    rule("trigger", set_priority(4), trigger="priority_changed")
    ticket = make_ticket(department=technical, now=NOW)
    other = next(
        row for row in Priority.objects.all() if row.pk not in {ticket.priority_id, priority(4).pk}
    )
    change_ticket(ticket, changes=Changes(priority=other), actor=Actor.of_user(ada), now=NOW)
    ticket.refresh_from_db()
    assert ticket.priority == other
    assert EffectRun.objects.get().state == "overruled"


def test_a_bold_rule_writes_even_that(rule: RuleMaker, technical, ada):
    rule("trigger", set_priority(4), trigger="priority_changed", overrides_agents=True)
    ticket = make_ticket(department=technical, now=NOW)
    change_ticket(ticket, changes=Changes(priority=priority(1)), actor=Actor.of_user(ada), now=NOW)
    ticket.refresh_from_db()
    assert ticket.priority == priority(4)


REPLY = {"effect": "reply", "text": "We got #{ticket.number}, {customer.name}."}


def test_a_message_by_a_rule_is_automatic_and_satisfies_nobody(rule: RuleMaker, technical):
    rule("trigger", REPLY, trigger="customer_replied")
    ticket = make_ticket(department=technical, now=NOW)
    make_inbound(ticket, now=NOW)
    ticket.refresh_from_db()
    message = ticket.messages.get(kind="reply")
    assert message.is_automatic
    assert f"We got #{ticket.number}, {ticket.customer.name}." in message.text
    assert ticket.first_responded_at is None
    assert ticket.waiting_since is not None
    assert OutgoingMail.objects.filter(message=message).count() == 1


def test_automatic_mail_gets_no_automatic_answer(rule: RuleMaker, technical):
    rule("trigger", REPLY, trigger="customer_replied")
    ticket = make_ticket(department=technical, now=NOW)
    robot = Author(name="Robot", email=ticket.customer.email, is_automatic=True)
    make_inbound(ticket, author=robot, now=NOW)
    assert not ticket.messages.filter(kind="reply").exists()
    assert EffectRun.objects.get().state == "nothing"


def test_a_ping_pong_of_automatic_messages_ends(rule: RuleMaker, technical):
    rule("trigger", REPLY, trigger="customer_replied")
    ticket = make_ticket(customer=make_customer("Pingo"), department=technical, now=NOW)
    for minute in range(10):
        make_inbound(ticket, now=NOW + timedelta(minutes=minute))
    assert 0 < ticket.messages.filter(kind="reply").count() <= 3


def test_a_broken_rule_rests(rule: RuleMaker, technical, billing):
    rule("classify", set_priority(1), conditions=is_("department", 987654))
    ticket = make_ticket(department=technical, now=NOW)
    assert RuleRun.objects.get(ticket=ticket).outcome == "no_match"


def test_an_unknown_effect_is_said_to_be(rule: RuleMaker, technical):
    rule("trigger", {"effect": "teleport"}, trigger="created")
    make_ticket(department=technical, now=NOW)
    assert EffectRun.objects.get().state == "given_up"


def test_effects_that_fail_together_are_tried_one_by_one(rule: RuleMaker, technical, ben):
    """Ben is no member of the department: his assignment fails, the priority is set."""
    rule("classify", set_priority(1), {"effect": "assign_to", "agent": ben.pk})
    ticket = make_ticket(department=technical, now=NOW)
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.assignee) == (priority(1), None)
    states = dict(EffectRun.objects.values_list("effect__effect", "state"))
    assert states == {"set_priority": "done", "assign_to": "failed"}


def test_two_sweeps_do_not_try_one_effect_twice(rule: RuleMaker, moody, technical):
    rule("trigger", {"effect": "moody"}, trigger="created")
    make_ticket(department=technical, now=NOW)
    moody["fails"] = False
    later = NOW + timedelta(hours=1)
    with transaction.atomic():
        assert retry_effects(later) == 1
    assert retry_effects(later) == 0


def test_spam_runs_no_rules(rule: RuleMaker, technical, ada):
    rule("trigger", {"effect": "add_tags", "tags": ["seen"]}, trigger="customer_replied")
    ticket = make_ticket(department=technical, now=NOW)
    Ticket.objects.filter(pk=ticket.pk).update(is_spam=True, is_open=False)
    make_inbound(ticket, now=NOW)
    assert ticket.tags.count() == 0


def test_an_answer_wakes_the_rules_about_answers(rule: RuleMaker, technical, ada):
    rule("trigger", {"effect": "add_tags", "tags": ["answered"]}, trigger="staff_replied")
    ticket = make_ticket(department=technical, now=NOW)
    make_reply(ticket, ada, now=NOW)
    assert [tag.name for tag in ticket.tags.all()] == ["answered"]
