"""Asking for an agent: a row in the ticket's own transaction; the giving comes after the commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from automation.models import RoutingPlan, RuleKind, RuleRun, WaitingTicket
from automation.versions import rules_in_force
from core import pokes
from core.memo import remembered
from tickets.actors import Actor
from tickets.models import Ticket

# The effect of rules that asks for an agent.
ASKS: Final = "assign_by"
ASSIGN: Final = "automation.assign"
FREED: Final = "automation.assign_freed"
# Set while tickets are given out: reactions to it need neither lock seats nor wake or tell anybody.
is_giving: ContextVar[bool] = ContextVar("is_giving", default=False)
_is_resting: ContextVar[bool] = ContextVar("plans_rest", default=False)


@contextmanager
def plans_at_rest() -> Iterator[None]:
    """Let no plan ask, nor anybody be woken: what is played from the past had its agents (N6)."""
    token = _is_resting.set(True)
    try:
        yield
    finally:
        _is_resting.reset(token)


@transaction.atomic
def ask_for_agent(
    ticket: Ticket,
    *,
    now: datetime,
    method: str = "",
    wanted: Mapping[str, Any] | None = None,
    run: RuleRun | None = None,
    actor: Actor | None = None,
) -> WaitingTicket | None:
    """Let the ticket be given to somebody; without a method as the department's plan says.

    A second wish takes the place of the first. None when somebody has the ticket, or it is over.
    `wanted` holds ids under "skills" and "people"; a rule that asks is the `actor`.
    """
    if ticket.assignee_id is not None or not ticket.is_open:
        return None
    asked_by = {}
    if actor is not None and actor.rule_id is not None:
        asked_by = {"rule": actor.rule_id, "name": actor.name, "version": actor.version_id}
    wish = {
        "department_id": ticket.department_id,
        "method": method,
        "wanted": dict(wanted or {}),
        "asked_by": asked_by,
        "run": run,
        "tried_at": None,
    }
    row, _is_new = WaitingTicket.objects.update_or_create(
        ticket=ticket, defaults=wish, create_defaults={**wish, "since": now}
    )
    pokes.poke(ASSIGN, ticket.department_id)
    return row


def ask_as_planned(ticket: Ticket, *, now: datetime) -> None:
    """Let the department's plan give the ticket out, unless a rule has asked already."""
    if ticket.assignee_id is not None or not ticket.is_open or _is_resting.get():
        return
    if ticket.department_id not in departments_that_give():
        return
    if not WaitingTicket.objects.filter(ticket=ticket).exists():
        ask_for_agent(ticket, now=now)


def stop_asking(ticket: Ticket) -> None:
    """Nobody is needed any more."""
    WaitingTicket.objects.filter(ticket=ticket).delete()


def try_again_for(user_id: int) -> None:
    """Somebody may take more: a worker looks where tickets wait for them.

    Not here: every reply frees somebody, and hardly ever does anything wait.
    """
    if not _is_resting.get():
        pokes.poke(FREED, user_id)


def departments_waiting_for(user_id: int) -> list[int]:
    """Departments of this person in which tickets wait for an agent."""
    waiting = WaitingTicket.objects.filter(department__memberships__user_id=user_id)
    return list(waiting.order_by().values_list("department_id", flat=True).distinct())


def are_given_out() -> bool:
    """Whether tickets are given to agents at all here: by a plan, or by a rule that asks."""
    if _is_resting.get():
        return False
    if departments_that_give():
        return True
    return any(rules.does(ASKS) for kind in RuleKind.values if (rules := rules_in_force(kind)))


@remembered()
def departments_that_give() -> frozenset[int]:
    """Departments that give out every new ticket."""
    plans = RoutingPlan.objects.filter(is_enabled=True)
    return frozenset(plans.values_list("department_id", flat=True))
