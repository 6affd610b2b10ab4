"""Routing as managers see it: departments, seats, what waits, whether it is fair."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import set_availability
from accounts.models import Department, User
from automation.assigning.giving import give_out_all
from automation.assigning.pool import seat_members
from automation.models import AgentSeat, RoutingPlan
from tests.factories import make_ticket, make_user
from tickets.models import Ticket


@pytest.fixture
def manager(sign_in: Callable[[User], Client], max_: User) -> Client:
    return sign_in(max_)


@pytest.fixture
def plan(technical: Department, ada: User) -> RoutingPlan:
    seat_members(technical.pk)
    return RoutingPlan.objects.get(department=technical)


def enable(plan: RoutingPlan, manager: Client, **facts: object) -> None:
    form = {"is_enabled": "on", "method": "round_robin", "fallback": "least_loaded"}
    url = f"/admin/routing/{plan.department_id}"
    answer = manager.post(url, {**form, "queue_timeout": 30, **facts})
    assert answer.status_code == 303, answer.content.decode()


def test_list_tells_what_waits(plan: RoutingPlan, manager: Client) -> None:
    enable(plan, manager, method="manual")
    make_ticket(department=plan.department)
    page = manager.get("/admin/routing").content.decode()
    assert "By hand" in page
    assert "1 ticket, the oldest for" in page


def test_switching_on_gives_out_every_new_ticket(
    plan: RoutingPlan, manager: Client, ada: User
) -> None:
    enable(plan, manager)
    ticket = make_ticket(department=plan.department)
    answer = manager.post(f"/admin/routing/{plan.department_id}/attempt", follow=True)
    assert "1 ticket was given out." in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.assignee == ada


def test_department_page_shows_load_and_reason(
    plan: RoutingPlan, manager: Client, ada: User
) -> None:
    enable(plan, manager)
    make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    set_availability(ada, availability="away", actor=ada, now=timezone.now())
    make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    page = manager.get(f"/admin/routing/{plan.department_id}").content.decode()
    assert "1 of 5" in page
    assert "is away" in page
    assert "1 away" in page


def line(seat: AgentSeat, **facts: object) -> dict[str, object]:
    facts = {"role": "primary", "weight": 1, "push_below": "", "hard_cap": "", **facts}
    return {f"seat-{seat.pk}-{name}": value for name, value in facts.items()}


def test_seats_are_edited_in_the_table(plan: RoutingPlan, manager: Client) -> None:
    seat, url = AgentSeat.objects.get(), f"/admin/routing/{plan.department_id}/seats"
    asked = line(seat, role="backup", weight=3, push_below=7)
    assert manager.post(url, asked).status_code == 303
    seat.refresh_from_db()
    assert (seat.role, seat.weight, seat.push_below, seat.hard_cap) == ("backup", 3, 7, None)
    assert manager.post(url, line(seat, push_below=7, hard_cap=5)).status_code == 422
    assert manager.post(url, line(seat, weight=11)).status_code == 422


def test_seats_of_other_departments_are_out_of_reach(
    plan: RoutingPlan, manager: Client, billing: Department, ben: User
) -> None:
    seat_members(billing.pk)
    own = AgentSeat.objects.get(membership__department=plan.department)
    foreign = AgentSeat.objects.get(membership__user=ben)
    url = f"/admin/routing/{plan.department_id}/seats"
    assert manager.post(url, {**line(own), **line(foreign, role="backup")}).status_code == 303
    foreign.refresh_from_db()
    assert foreign.role == "primary"


def test_fairness_tells_who_got_none_and_why(
    plan: RoutingPlan, manager: Client, technical: Department
) -> None:
    nina = make_user("Nina", "agent", technical)
    seat_members(technical.pk)
    enable(plan, manager)
    set_availability(nina, availability="away", actor=nina, now=timezone.now())
    for _n in range(3):
        make_ticket(department=technical)
    give_out_all(technical.pk, timezone.now())
    page = manager.get("/admin/routing/fairness").content.decode()
    assert "Nina got none." in page
    assert "3 × is away" in page
    table = b"".join(manager.get("/admin/routing/fairness?export=csv").streaming_content).decode()
    assert "Technical" in table
    assert "Ada,3.0,3," in table


def test_agents_do_not_see_routing(plan: RoutingPlan, sign_in, ada: User) -> None:
    client = sign_in(ada)
    for path in ("", "/fairness", "/limits", f"/{plan.department_id}"):
        assert client.get(f"/admin/routing{path}").status_code == 403


def test_limits_of_the_company(manager: Client, plan: RoutingPlan) -> None:
    enable(plan, manager)
    facts = {"automation-assigns": "on", "automation-push_below": 1, "automation-hard_cap": 2}
    assert manager.post("/admin/routing/limits", facts).status_code == 303
    for _n in range(3):
        make_ticket(department=plan.department)
    give_out_all(plan.department_id, timezone.now())
    assert Ticket.objects.exclude(assignee=None).count() == 1
