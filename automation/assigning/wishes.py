"""What each waiting ticket wants, asked for a whole batch at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from automation.choosing import Method, Wish
from automation.models import OnCallRole, OnCallSchedule, RoutingPlan, WaitingTicket
from automation.on_call.schedules import on_call
from tickets.models import Ticket


class Wishes:
    """Wishes of tickets of one department; each further question costs one statement a batch."""

    def __init__(self, plan: RoutingPlan, rows: Sequence[WaitingTicket], *, now: datetime) -> None:
        self._plan, self._rows, self._now = plan, rows, now

    def of(self, row: WaitingTicket) -> Wish:
        """The row's own method, or the plan's; skills and people likewise."""
        method = Method(row.method or self._plan.method)
        return Wish(
            method=method,
            skills=frozenset(row.wanted.get("skills") or self._skills(row)),
            people=self._people(row, method),
            fallback=Method(self._plan.fallback),
            previous=self._previous.get(row.ticket.customer_id),
        )

    def _skills(self, row: WaitingTicket) -> Sequence[int]:
        return () if row.method else self._planned_skills

    def _people(self, row: WaitingTicket, method: Method) -> tuple[int, ...]:
        if method is Method.DEDICATED:
            return _own_agent(row.ticket)
        if method is Method.ON_CALL:
            return self._on_call
        if method is Method.SPECIALIST:
            return tuple(row.wanted.get("people") or self._specialists)
        return ()

    @cached_property
    def _planned_skills(self) -> list[int]:
        return list(self._plan.skills.values_list("pk", flat=True))

    @cached_property
    def _specialists(self) -> list[int]:
        return list(self._plan.people.values_list("pk", flat=True))

    @cached_property
    def _on_call(self) -> tuple[int, ...]:
        return on_call_chain(self._plan.department_id, self._now)

    @cached_property
    def _previous(self) -> dict[int, int]:
        """Who had the newest earlier ticket of each customer."""
        if not self._plan.is_sticky:
            return {}
        customers = {row.ticket.customer_id for row in self._rows}
        earlier = Ticket.objects.filter(customer_id__in=customers, assignee__isnull=False)
        newest = earlier.order_by("customer_id", "-pk").distinct("customer_id")
        return {
            customer: agent
            for customer, agent in newest.values_list("customer_id", "assignee_id")
            if agent is not None
        }


def on_call_chain(department_id: int, now: datetime) -> tuple[int, ...]:
    """Who is on call for the department, first to be asked first; else for the whole company."""
    schedules = OnCallSchedule.objects.active().filter(
        Q(department_id=department_id) | Q(department=None)
    )
    roles = OnCallRole.objects.filter(schedule__in=schedules, archived_at=None).select_related(
        "schedule"
    )
    own_first = sorted(roles, key=lambda role: (role.schedule.department_id is None, role.level))
    people = [on_call(role, now) for role in own_first]
    return tuple(dict.fromkeys(person.pk for person in people if person is not None))


def _own_agent(ticket: Ticket) -> tuple[int, ...]:
    customer = ticket.customer
    agent = customer.dedicated_agent_id
    if agent is None and customer.organisation is not None:
        agent = customer.organisation.dedicated_agent_id
    return () if agent is None else (agent,)
