"""Random lives of tickets through the real actions, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from customers.models import Customer
from tests.factories import make_inbound, make_reply, make_ticket
from tests.sla.conftest import priority
from tickets.actions import Changes, assign_ticket, change_status, change_ticket
from tickets.actors import Actor
from tickets.models import Status, Ticket

STATUSES = ("new", "progress", "answered", "hold", "closed")


class Storm:
    """Tickets of `customer` worked on by `agent`, some hours between any two things."""

    def __init__(self, seed: int, *, customer: Customer, agent: User, begin: datetime) -> None:
        self.chance = random.Random(seed)
        self.customer, self.agent = customer, agent
        self.begin = self.now = begin

    def tickets(self, count: int, *, steps: int = 8) -> list[Ticket]:
        """`count` tickets, each after up to `steps` happenings."""
        return [self._ticket(self.chance.randint(0, steps)) for _number in range(count)]

    def _ticket(self, steps: int) -> Ticket:
        self.now = self.begin + timedelta(minutes=self.chance.randint(0, 60 * 24 * 5))
        ticket = make_ticket(
            self.customer, now=self.now, priority=priority(self.chance.randint(1, 4))
        )
        for _number in range(steps):
            self.now += timedelta(minutes=self.chance.choice((0, 1, 30, 90, 300, 1440)))
            ticket.refresh_from_db()
            self.chance.choice(self._steps())(ticket)
        return ticket

    def _steps(self) -> list[Callable[[Ticket], object]]:
        return [self._writes, self._answers, self._answers, self._moves, self._ranks, self._takes]

    def _writes(self, ticket: Ticket) -> None:
        make_inbound(ticket, now=self.now)

    def _answers(self, ticket: Ticket) -> None:
        after = self.chance.choice((None, Status.objects.get(slug="answered")))
        make_reply(ticket, self.agent, now=self.now, after=after)

    def _moves(self, ticket: Ticket) -> None:
        status = Status.objects.get(slug=self.chance.choice(STATUSES))
        change_status(ticket, status=status, actor=Actor.of_user(self.agent), now=self.now)

    def _ranks(self, ticket: Ticket) -> None:
        rank = priority(self.chance.randint(1, 4))
        changes = Changes(priority=rank)
        change_ticket(ticket, changes=changes, actor=Actor.of_user(self.agent), now=self.now)

    def _takes(self, ticket: Ticket) -> None:
        assign_ticket(ticket, assignee=self.agent, actor=Actor.of_user(self.agent), now=self.now)
