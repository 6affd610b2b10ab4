"""Tickets ask for an agent and get one: fair, within the caps, with a reason (R72-R88)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.actions import set_availability
from accounts.actions.departments import set_members
from accounts.models import Department, Membership, Skill, User
from automation.assigning.asking import (
    ask_for_agent,
    departments_that_give,
    departments_waiting_for,
)
from automation.assigning.giving import give_out, give_out_all, note_timeouts, sweep
from automation.assigning.pool import seat_members
from automation.models import AgentSeat, Assignment, RoutingPlan, WaitingTicket
from core import events, options, timers
from customers.models import Customer
from notifications.models import NoticeDelivery, Notification
from tests.factories import make_calendar, make_inbound, make_reply, make_ticket, make_user
from tickets.actions import assign_ticket, close_ticket, mark_spam, transfer_ticket
from tickets.actors import Actor
from tickets.events import AssigneeChanged
from tickets.models import Event, Ticket
from tickets.vocabulary import priorities

SYSTEM = Actor.system("test")


def plan_of(department: Department, **facts: object) -> RoutingPlan:
    seat_members(department.pk)
    RoutingPlan.objects.filter(department=department).update(**{"is_enabled": True, **facts})
    departments_that_give.forget()
    return RoutingPlan.objects.get(department=department)


def seat_of(user: User, **facts: object) -> AgentSeat:
    AgentSeat.objects.filter(membership__user=user).update(**facts)
    return AgentSeat.objects.get(membership__user=user)


def later(minutes: float) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def assigned(ticket: Ticket) -> User | None:
    ticket.refresh_from_db()
    return ticket.assignee


@pytest.fixture
def nina(technical: Department) -> User:
    return make_user("Nina", "agent", technical)


@pytest.fixture
def plan(technical: Department, ada: User, nina: User) -> RoutingPlan:
    return plan_of(technical)


def test_new_ticket_is_given_to_an_agent(plan: RoutingPlan, ada: User) -> None:
    ticket = make_ticket(department=plan.department)
    assert WaitingTicket.objects.get().ticket == ticket
    assert give_out(plan.department_id, timezone.now()) == 1
    assert assigned(ticket) == ada
    assert not WaitingTicket.objects.exists()
    assert ticket.unassigned_since is None
    event = Event.objects.filter(ticket=ticket).latest("pk")
    assert event.actor_name == "Assignment"
    assert event.data["changes"]["assignee"]["after"]["name"] == "Ada"


def test_agents_take_turns(plan: RoutingPlan, ada: User, nina: User) -> None:
    tickets = [make_ticket(department=plan.department) for _n in range(4)]
    assert give_out_all(plan.department_id, timezone.now()) == 4
    assert [assigned(ticket) for ticket in tickets] == [ada, nina, ada, nina]


def test_a_poke_leaves_when_a_ticket_asks(
    plan: RoutingPlan, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr("core.pokes.send", lambda *args: sent.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        make_ticket(department=plan.department)
    assert ("automation.assign", plan.department_id) in sent


def test_a_department_that_does_not_give_leaves_tickets_alone(plan: RoutingPlan) -> None:
    plan_of(plan.department, is_enabled=False)
    make_ticket(department=plan.department)
    assert not WaitingTicket.objects.exists()


def test_switch_of_the_company_stops_all(plan: RoutingPlan, max_: User) -> None:
    options.set_value("automation.assigns", value=False, actor=max_, now=timezone.now())
    ticket = make_ticket(department=plan.department)
    assert sweep(timezone.now()) == 0
    assert assigned(ticket) is None
    assert "switched off" in WaitingTicket.objects.get().reason


def test_most_urgent_ticket_goes_first(plan: RoutingPlan) -> None:
    seat_of(User.objects.get(name="Nina"), role="backup")
    plain, urgent = make_ticket(department=plan.department), make_ticket(department=plan.department)
    Ticket.objects.filter(pk=urgent.pk).update(
        priority=priorities()[0], priority_rank=priorities()[0].rank
    )
    assert give_out(plan.department_id, timezone.now(), limit=1) == 1
    assert assigned(urgent) is not None
    assert assigned(plain) is None


def test_nobody_is_given_more_than_they_may_have(plan: RoutingPlan, ada: User, nina: User) -> None:
    seat_of(ada, push_below=2)
    seat_of(nina, push_below=5, hard_cap=1)
    for _n in range(5):
        make_ticket(department=plan.department)
    assert give_out_all(plan.department_id, timezone.now()) == 3
    assert Ticket.objects.filter(assignee=ada).count() == 2
    assert Ticket.objects.filter(assignee=nina).count() == 1
    reasons = set(WaitingTicket.objects.values_list("reason", flat=True))
    assert reasons in ({"1 at 2/2, 1 at 1/1"}, {"1 at 1/1, 1 at 2/2"})


def test_caps_hold_over_all_departments(
    plan: RoutingPlan, billing: Department, ada: User, nina: User
) -> None:
    Membership.objects.create(department=billing, user=ada)
    plan_of(billing)
    seat_of(nina, push_below=1)
    AgentSeat.objects.filter(membership__user=ada).update(push_below=2)
    for department in (plan.department, billing) * 3:
        make_ticket(department=department)
    sweep(timezone.now())
    assert Ticket.objects.filter(assignee=ada).count() == 2


def test_ticket_waits_with_the_reason(plan: RoutingPlan, ada: User, nina: User) -> None:
    for user in (ada, nina):
        set_availability(user, availability="away", actor=user, now=timezone.now())
    ticket = make_ticket(department=plan.department)
    assert give_out_all(plan.department_id, timezone.now()) == 0
    assert WaitingTicket.objects.get().reason == "2 away"
    assert Assignment.objects.get().outcome == "waiting"
    give_out_all(plan.department_id, later(5))
    assert Assignment.objects.count() == 1
    assert assigned(ticket) is None


def test_who_comes_back_gets_what_waits(
    plan: RoutingPlan, ada: User, nina: User, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    for user in (ada, nina):
        set_availability(user, availability="away", actor=user, now=timezone.now())
    ticket = make_ticket(department=plan.department)
    sweep(timezone.now())
    pokes: list[tuple[object, ...]] = []
    monkeypatch.setattr("core.pokes.send", lambda *args: pokes.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        set_availability(ada, availability="available", actor=ada, now=timezone.now())
    assert pokes == [("automation.assign_freed", ada.pk)]
    assert departments_waiting_for(ada.pk) == [plan.department_id]
    give_out_all(plan.department_id, later(1))
    assert assigned(ticket) == ada


def test_who_was_away_comes_in_at_the_current_position(
    plan: RoutingPlan, ada: User, nina: User
) -> None:
    set_availability(ada, availability="away", actor=ada, now=timezone.now())
    for _n in range(3):
        make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    assert Ticket.objects.filter(assignee=nina).count() == 3
    set_availability(ada, availability="available", actor=ada, now=timezone.now())
    tickets = [make_ticket(department=plan.department) for _n in range(2)]
    give_out_all(plan.department_id, later(1))
    assert {assigned(ticket) for ticket in tickets} == {ada, nina}


def test_own_hours_count(plan: RoutingPlan, ada: User, nina: User) -> None:
    shop = make_calendar()
    User.objects.get_queryset().filter(pk__in=[ada.pk, nina.pk]).update(shift_calendar=shop)
    ticket = make_ticket(department=plan.department)
    saturday = datetime(2027, 1, 2, 12, tzinfo=timezone.get_default_timezone())
    give_out_all(plan.department_id, saturday)
    assert WaitingTicket.objects.get().reason == "2 not on shift"
    give_out_all(plan.department_id, saturday + timedelta(days=2))
    assert assigned(ticket) is not None


def test_skills_are_needed(plan: RoutingPlan, nina: User) -> None:
    skill = Skill.objects.create(name="Performance")
    plan_of(plan.department, method="skill")
    plan.skills.add(skill)
    ticket = make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    assert WaitingTicket.objects.get().reason == "2 lack Performance"
    nina.skills.add(skill)
    give_out_all(plan.department_id, later(1))
    assert assigned(ticket) == nina


def test_own_agent_of_the_customer(plan: RoutingPlan, nina: User, cleo: Customer) -> None:
    plan_of(plan.department, method="dedicated")
    Customer.objects.filter(pk=cleo.pk).update(dedicated_agent=nina)
    own, other = make_ticket(cleo, plan.department), make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    assert assigned(own) == nina
    assert assigned(other) is not None


def test_previous_agent_first(plan: RoutingPlan, nina: User, cleo: Customer) -> None:
    plan_of(plan.department, is_sticky=True)
    before = make_ticket(cleo, plan.department)
    assign_ticket(before, assignee=nina, actor=SYSTEM, now=timezone.now())
    ticket = make_ticket(cleo, plan.department)
    give_out_all(plan.department_id, timezone.now())
    assert assigned(ticket) == nina


def test_manual_stays_in_the_queue(plan: RoutingPlan) -> None:
    plan_of(plan.department, method="manual")
    ticket = make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    assert assigned(ticket) is None
    assert "by hand" in WaitingTicket.objects.get().reason


def test_log_tells_whom_it_weighed(plan: RoutingPlan, ada: User, nina: User) -> None:
    set_availability(nina, availability="do_not_disturb", actor=nina, now=timezone.now())
    make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    row = Assignment.objects.get()
    assert (row.outcome, row.chosen, row.method) == ("assigned", ada, "round_robin")
    facts = {found["name"]: (found["reason"], found["load"]) for found in row.candidates}
    assert facts == {"Ada": ("chosen", 0), "Nina": ("away", 0)}


def test_assigning_by_hand_ends_the_waiting(plan: RoutingPlan, ada: User) -> None:
    ticket = make_ticket(department=plan.department)
    assign_ticket(ticket, assignee=ada, actor=SYSTEM, now=timezone.now())
    assert not WaitingTicket.objects.exists()
    assert give_out_all(plan.department_id, timezone.now()) == 0


def test_resolved_and_spam_tickets_wait_for_nobody(plan: RoutingPlan) -> None:
    close_ticket(make_ticket(department=plan.department), actor=SYSTEM, now=timezone.now())
    mark_spam(make_ticket(department=plan.department), actor=SYSTEM, now=timezone.now())
    assert not WaitingTicket.objects.exists()


def test_transferred_ticket_asks_its_new_department(
    plan: RoutingPlan, billing: Department, ben: User
) -> None:
    ticket = make_ticket(department=plan.department)
    plan_of(billing)
    transfer_ticket(ticket, department=billing, actor=SYSTEM, now=timezone.now())
    assert WaitingTicket.objects.get().department == billing
    sweep(timezone.now())
    assert assigned(ticket) == ben


def test_rule_asks_with_its_own_method(plan: RoutingPlan, nina: User) -> None:
    ticket = make_ticket(department=plan.department)
    rule = Actor.of_rule(rule_id=7, name="Specials", version_id=3)
    ask_for_agent(
        ticket,
        method="specialist",
        wanted={"people": [nina.pk]},
        actor=rule,
        now=timezone.now(),
    )
    give_out_all(plan.department_id, timezone.now())
    assert assigned(ticket) == nina
    event = Event.objects.filter(ticket=ticket).latest("pk")
    assert (event.actor_name, event.data["rule"]) == ("Specials", {"id": 7, "version": 3})


def test_waiting_too_long_is_written_down_once(plan: RoutingPlan) -> None:
    plan_of(plan.department, method="manual", queue_timeout=30)
    make_ticket(department=plan.department)
    assert note_timeouts(later(29)) == 0
    assert note_timeouts(later(31)) == 1
    assert note_timeouts(later(32)) == 0
    assert Assignment.objects.get().outcome == "timed_out"


def test_going_away_gives_back_what_is_unanswered(
    plan: RoutingPlan, ada: User, nina: User, cleo: Customer
) -> None:
    User.objects.get_queryset().filter(pk=ada.pk).update(gives_back_unanswered=True)
    waits, answered = make_ticket(cleo, plan.department), make_ticket(cleo, plan.department)
    for ticket in (waits, answered):
        assign_ticket(ticket, assignee=ada, actor=SYSTEM, now=timezone.now())
    make_reply(answered, ada)
    set_availability(ada, availability="away", actor=ada, now=timezone.now())
    timers.act_on_due(later(0.1))
    assert assigned(answered) == ada
    assert assigned(waits) is None
    give_out_all(plan.department_id, later(1))
    assert assigned(waits) == nina
    make_inbound(answered)
    assert assigned(answered) == ada


def test_ticket_that_cannot_be_given_stops_no_other(plan: RoutingPlan, monkeypatch) -> None:
    bad, good = make_ticket(department=plan.department), make_ticket(department=plan.department)

    def broken(event: AssigneeChanged) -> None:
        if event.ticket.pk == bad.pk:
            raise RuntimeError("broken")

    monkeypatch.setattr(events, "_reactions", {**events._reactions, AssigneeChanged: []})
    events.on(AssigneeChanged)(broken)
    assert give_out_all(plan.department_id, timezone.now()) == 1
    assert assigned(good) is not None
    assert assigned(bad) is None
    assert WaitingTicket.objects.get().ticket == bad
    assert Assignment.objects.get().ticket == good


def test_new_member_gets_a_seat(technical: Department, max_: User) -> None:
    set_members(technical, members=[max_])
    assert AgentSeat.objects.get().membership.user == max_
    assert RoutingPlan.objects.get().department == technical


def test_statements_of_a_batch(plan: RoutingPlan, statements) -> None:
    for _n in range(10):
        make_ticket(department=plan.department)
    with statements(28):
        assert give_out(plan.department_id, timezone.now()) == 10


def test_who_is_given_tickets_is_told_of_each(plan: RoutingPlan, ada: User, nina: User) -> None:
    tickets = [make_ticket(department=plan.department) for _n in range(3)]
    give_out_all(plan.department_id, timezone.now())
    told = Notification.objects.order_by("pk").values_list("user__name", "about")
    assert sorted(told) == [
        ("Ada", f"ticket:{tickets[0].pk}"),
        ("Ada", f"ticket:{tickets[2].pk}"),
        ("Nina", f"ticket:{tickets[1].pk}"),
    ]
    assert NoticeDelivery.objects.filter(channel="mail", user=ada).count() == 2
    assert NoticeDelivery.objects.first().mail_reply_to


def test_a_department_without_a_plan_gets_one_when_a_rule_asks(technical: Department, ada: User):
    """Departments of the demo, and those older than assignment, were never saved by anybody."""
    RoutingPlan.objects.all().delete()
    AgentSeat.objects.all().delete()
    ticket = make_ticket(department=technical)
    ask_for_agent(ticket, method="round_robin", now=timezone.now())
    assert give_out_all(technical.pk, later(1)) == 1
    assert assigned(ticket) == ada
