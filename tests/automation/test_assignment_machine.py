"""Agents come and go, tickets open and close, in any order: the rows agree with a plain model."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.actions import set_availability
from accounts.models import User
from automation.assigning.asking import departments_that_give
from automation.assigning.giving import give_out_all
from automation.assigning.pool import seat_members
from automation.models import AgentSeat, RoutingPlan, WaitingTicket
from tests.factories import make_customer, make_department, make_ticket, make_user
from tickets.actions import assign_ticket, close_ticket, mark_spam, reopen_ticket
from tickets.actors import Actor
from tickets.assignment import current_load
from tickets.models import Ticket

SYSTEM = Actor.system("test")
AGENTS = 3
places = st.integers(0, 50)
agents = st.integers(0, AGENTS - 1)


class Assigning(RuleBasedStateMachine):
    """`model` holds who has which open ticket; None is nobody, and such tickets wait."""

    undo: AbstractContextManager[None] | None = None

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = timezone.now()
        self.department = make_department("Technical")
        self.customer = make_customer("Cleo")
        self.people = [make_user(f"Agent{n}", "agent", self.department) for n in range(AGENTS)]
        seat_members(self.department.pk)
        RoutingPlan.objects.update(is_enabled=True)
        departments_that_give.forget()
        self.limits = dict.fromkeys(range(AGENTS), 2)
        AgentSeat.objects.update(hard_cap=2, push_below=2)
        self.present = set(range(AGENTS))
        self.model: dict[int, int | None] = {}
        self.closed: dict[int, int | None] = {}

    def teardown(self) -> None:
        if self.undo is not None:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def load(self, agent: int) -> int:
        return sum(who == agent for who in self.model.values())

    def able(self) -> list[int]:
        return [n for n in self.present if self.load(n) < self.limits[n]]

    def some_open(self, place: int) -> Ticket | None:
        keys = sorted(self.model)
        return Ticket.objects.get(pk=keys[place % len(keys)]) if keys else None

    @rule()
    def ticket_comes(self) -> None:
        ticket = make_ticket(self.customer, self.department, now=self.tick())
        self.model[ticket.pk] = None

    @rule()
    def give(self) -> None:
        """Each ticket goes to somebody who could take it at that moment, or nobody could."""
        give_out_all(self.department.pk, self.tick())
        numbers = {user.pk: n for n, user in enumerate(self.people)}
        free = [pk for pk, who in self.model.items() if who is None]
        rows = Ticket.objects.filter(pk__in=free).exclude(assignee=None)
        for ticket in rows.order_by("assignments__pk"):
            agent = numbers[ticket.assignee_id or 0]
            assert agent in self.able()
            self.model[ticket.pk] = agent
        assert None not in self.model.values() or not self.able()

    @rule(place=places)
    def close(self, place: int) -> None:
        if ticket := self.some_open(place):
            close_ticket(ticket, actor=SYSTEM, now=self.tick())
            self.closed[ticket.pk] = self.model.pop(ticket.pk)

    @rule()
    def reopen(self) -> None:
        if self.closed:
            pk, agent = self.closed.popitem()
            reopen_ticket(Ticket.objects.get(pk=pk), actor=SYSTEM, now=self.tick())
            self.model[pk] = agent

    @rule(place=places)
    def spam(self, place: int) -> None:
        if ticket := self.some_open(place):
            mark_spam(ticket, actor=SYSTEM, now=self.tick())
            del self.model[ticket.pk]

    @rule(place=places, agent=agents)
    def assign_by_hand(self, place: int, agent: int) -> None:
        """Beyond the cap, too: somebody has confirmed it."""
        if ticket := self.some_open(place):
            user = self.people[agent]
            assign_ticket(ticket, assignee=user, actor=SYSTEM, now=self.tick())
            self.model[ticket.pk] = agent

    @rule(agent=agents)
    def come_or_go(self, agent: int) -> None:
        user = User.objects.get_queryset().get(pk=self.people[agent].pk)
        word = "away" if agent in self.present else "available"
        set_availability(user, availability=word, actor=user, now=self.tick())
        self.present ^= {agent}

    @rule(agent=agents, limit=st.integers(1, 3))
    def change_limit(self, agent: int, limit: int) -> None:
        seats = AgentSeat.objects.filter(membership__user=self.people[agent])
        seats.update(hard_cap=3, push_below=limit)
        self.limits[agent] = limit

    @invariant()
    def rows_agree(self) -> None:
        loads = current_load([user.pk for user in self.people])
        assert [loads[user.pk] for user in self.people] == [self.load(n) for n in range(AGENTS)]
        waiting = set(WaitingTicket.objects.values_list("ticket_id", flat=True))
        assert waiting == {pk for pk, who in self.model.items() if who is None}
        assert Ticket.objects.filter(is_open=True).count() == len(self.model)


@pytest.mark.django_db
def test_assignment_agrees_with_a_plain_model() -> None:
    small = settings(max_examples=6, stateful_step_count=20, deadline=None, derandomize=True)
    run_state_machine_as_test(Assigning, settings=small)
