"""Escalations: one open row for a ticket, level and cause; acknowledged, repeated, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automation.escalating import acknowledge_escalation
from automation.macros import Wish, apply_macro
from automation.models import EffectRun, Escalation
from automation.versions import rules_in_force
from notifications.models import Notification
from tests.automation.timed_stories import FLAG, HOUR, START, hours, make_rule, sweep
from tests.factories import make_calendar, make_inbound, make_reply, make_ticket
from tickets.actions import close_ticket, deescalate, escalate_ticket
from tickets.actions.changes import Changes
from tickets.actions.escalation import Escalation as Asked
from tickets.actors import Actor
from tickets.content import Content
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HALF = timedelta(minutes=30)


@pytest.fixture
def ticket(ada, cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, now=START)


def escalate_by_hand(ticket: Ticket, ada, **changes) -> Ticket:
    asked = Asked(
        level=2,
        reason="bug confirmed",
        note=Content(text="Looked at the valve."),
        changes=Changes(**changes),
    )
    return escalate_ticket(ticket, escalation=asked, actor=Actor.of_user(ada), now=START + HOUR)


def test_a_rule_flags_and_leaves_a_row(ticket):
    rule = make_rule("idle_after_customer_reply", hours(4), FLAG, name="Idle")
    sweep(4 * HOUR)
    ticket.refresh_from_db()
    row = Escalation.objects.get()
    assert (ticket.escalation_level, row.level, row.cause) == (2, 2, f"rule:{rule.pk}")
    assert row.reason == "Idle"


def test_the_same_cause_has_one_open_row(ticket, ada):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    sweep(4 * HOUR)
    make_reply(ticket, ada, now=START + 5 * HOUR)
    make_inbound(ticket, now=START + 6 * HOUR)
    assert sweep(10 * HOUR) == 1
    assert Escalation.objects.count() == 1
    states = list(EffectRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["done", "nothing"]


def test_two_rules_are_two_causes(ticket):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    make_rule("unresolved_after", hours(5), {"effect": "flag_escalated", "level": 3})
    sweep(5 * HOUR)
    assert sorted(Escalation.objects.values_list("level", flat=True)) == [2, 3]
    ticket.refresh_from_db()
    assert ticket.escalation_level == 3


def test_resolving_ends_them_and_keeps_the_history(ticket, ada):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    sweep(4 * HOUR)
    close_ticket(ticket, actor=Actor.of_user(ada), now=START + 5 * HOUR)
    row = Escalation.objects.get()
    assert (row.ended_at, row.ended_because) == (START + 5 * HOUR, "Resolved")


def test_deescalating_ends_them_with_the_reason(ticket, ada):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    sweep(4 * HOUR)
    deescalate(ticket, reason="False alarm", actor=Actor.of_user(ada), now=START + 5 * HOUR)
    assert Escalation.objects.get().ended_because == "False alarm"


def test_acknowledging_stops_the_reminders(ticket, ada):
    tell = {"effect": "notify", "to": ["chain"]}
    make_rule("idle_after_customer_reply", hours(4, repeat_every=30), FLAG, tell, level=2)
    assert [sweep(4 * HOUR), sweep(4 * HOUR + HALF)] == [1, 1]
    acknowledge_escalation(Escalation.objects.get(), user=ada, now=START + 4 * HOUR + HALF)
    assert [sweep(4 * HOUR + n * HALF) for n in (2, 3, 4)] == [0, 0, 0]


def test_the_first_acknowledgement_counts(ticket, ada, max_):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    sweep(4 * HOUR)
    for user in (ada, max_):
        acknowledge_escalation(Escalation.objects.get(), user=user, now=START + 5 * HOUR)
    assert Escalation.objects.get().acknowledged_by == ada


def test_reminders_wait_for_the_assignees_hours(ticket, ada):
    ada.shift_calendar = make_calendar("Shift", now=START)
    ada.save()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=ada)
    make_rule("unanswered_for", hours(7, repeat_every=30, on_shift=True))
    assert [sweep(7 * HOUR), sweep(7 * HOUR + HALF)] == [1, 1]
    assert sweep(9 * HOUR) == 0  # 18:00, the shift ended at 17:00
    assert sweep(24 * HOUR) == 1


def test_by_hand_it_is_a_row_too_and_the_receiver_is_told(ticket, ada, max_):
    escalate_by_hand(ticket, ada, assignee=max_)
    row = Escalation.objects.get()
    assert (row.cause, row.level, row.reason) == ("manual", 2, "bug confirmed")
    told = Notification.objects.filter(user=max_).values_list("kind", flat=True)
    assert sorted(told) == ["ticket.assigned", "ticket.escalated"]
    assert not Notification.objects.filter(user=ada).exists()


def test_notices_never_carry_the_note(ticket, ada, max_):
    escalate_by_hand(ticket, ada, assignee=max_)
    for row in Notification.objects.all():
        assert "valve" not in f"{row.title}{row.body}"


def test_spam_is_not_escalated(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(is_spam=True, is_open=False)
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    assert sweep(5 * HOUR) == 0


def test_rules_for_escalating_by_hand_hear_of_people_only(ticket, ada):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    make_rule("escalated", {})
    sweep(4 * HOUR)
    assert not ticket.tags.exists()
    deescalate(ticket, reason="No", actor=Actor.of_user(ada), now=START + 5 * HOUR)
    escalate_by_hand(ticket, ada)
    assert ticket.tags.get().name == "late"


def test_a_macro_escalates_in_the_name_of_who_clicked_it(ticket, ada):
    row = make_rule("", {}, FLAG, kind="macro")
    macro = rules_in_force("macro").rule(row.pk)
    apply_macro(macro, ticket, user=ada, wish=Wish(), now=START + HOUR)
    ticket.refresh_from_db()
    assert ticket.escalation_level == 2
    assert ticket.events.get(kind="escalated").actor_name == "Ada"
    assert Escalation.objects.get().cause == f"rule:{row.pk}"
