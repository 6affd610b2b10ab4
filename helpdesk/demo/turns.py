"""How tickets of the demo found their agents: by turns in the past, by the plans today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from accounts.models import Department, User
from automation.assigning.asking import is_giving
from automation.assigning.giving import give_out_all
from automation.assigning.logbook import Logbook
from automation.assigning.pool import look_at_pool
from automation.choosing import Candidate, Method, Wish, choose
from automation.models import RoutingPlan, WaitingTicket
from core import clock
from tickets.actions.assigning import Award, assign_many
from tickets.actors import Actor
from tickets.models import Ticket

IN_TURN = "general"
SHORTLY = timedelta(seconds=2)
_WISH = Wish(method=Method.ROUND_ROBIN)


class Giver(Protocol):
    """Gives a ticket that has just come in to somebody, or leaves it."""

    def __call__(self, ticket: Ticket, *, now: datetime) -> None: ...


def leave(ticket: Ticket, *, now: datetime) -> None:
    """Whoever finds it takes it."""


def by_plan(ticket: Ticket, *, now: datetime) -> None:
    """As the sweep does, which comes by a little later."""
    moment = now + SHORTLY
    with clock.moved_to(moment):
        give_out_all(ticket.department_id, moment)


class InTurn:
    """Gave tickets of one department out in the past: seats as they are, nobody away or busy.

    It holds no seat and no plan, for the present goes on beside it.
    """

    def __init__(self) -> None:
        self._department = Department.objects.get(slug=IN_TURN)
        plan = RoutingPlan.objects.select_related("department").get(department=self._department)
        self._pool = look_at_pool(plan, now=clock.now())
        for user, person in self._pool.people.items():
            self._pool.people[user] = _free(person)

    def __call__(self, ticket: Ticket, *, now: datetime) -> None:
        if ticket.department_id != self._department.pk:
            return
        choice = choose(list(self._pool.people.values()), _WISH)
        if choice.user is None:
            return
        moment, book = now + SHORTLY, Logbook(self._pool, now=now + SHORTLY)
        row = WaitingTicket(ticket=ticket, department=self._department)
        book.given(row, _WISH, choice)
        self._pool.take(choice)
        self._pool.people[choice.user] = _free(self._pool.people[choice.user])
        book.save()
        _assign(ticket, self._pool.user(choice.user), moment)


def _assign(ticket: Ticket, user: User, moment: datetime) -> None:
    """Without telling them: what is long past is no news."""
    token = is_giving.set(True)
    try:
        award = Award(ticket=ticket, assignee=user, actor=Actor.system("Assignment"))
        assign_many([award], now=moment)
    finally:
        is_giving.reset(token)


def _free(person: Candidate) -> Candidate:
    return replace(person, load=0, availability=User.Availability.AVAILABLE, is_on_shift=True)
