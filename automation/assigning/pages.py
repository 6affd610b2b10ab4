"""What the pages of routing show: departments, seats with their load, tickets that wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Department
from automation.assigning.forms import SeatForm
from automation.assigning.pool import look_at_pool, seat_members
from automation.assigning.words import verdict_words
from automation.choosing import Candidate, Method, Verdict, Wish, obstacle
from automation.models import Assignment, RoutingPlan, WaitingTicket
from core import options
from core.times import span_text
from tickets.models import Ticket

SHOWN = 100
OF_TICKET = 20
_PLAIN = Wish(method=Method.LEAST_LOADED)


@dataclass(frozen=True, kw_only=True)
class DepartmentLine:
    """One department of the list."""

    pk: int
    name: str
    is_enabled: bool
    method: str
    seats: str
    waiting: str
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class SeatLine:
    """One agent: what they have, and whether they would be given more now."""

    name: str
    load: str
    standing: str
    is_free: bool
    form: SeatForm


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """One ticket that waits for an agent."""

    number: int
    subject: str
    priority: str
    method: str
    age: str
    reason: str
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class DecisionLine:
    """One decision about a ticket, for "Why this agent?"."""

    row: Assignment
    candidates: list[tuple[str, str]]


def department_lines(*, now: datetime) -> list[DepartmentLine]:
    """Every department in use."""
    waiting = {
        row["department_id"]: row
        for row in WaitingTicket.objects.order_by()
        .values("department_id")
        .annotate(count=Count("pk"), since=Min("since"))
    }
    departments = Department.objects.active().select_related("routing_plan")
    rows = departments.annotate(members_count=Count("memberships"))
    return [_department_line(row, waiting.get(row.pk), now) for row in rows]


def plan_of(department: Department) -> RoutingPlan:
    """The plan, made when the department is older than plans are."""
    seat_members(department.pk)
    return RoutingPlan.objects.select_related("department").get(department=department)


def seat_lines(plan: RoutingPlan, forms: Iterable[SeatForm], *, now: datetime) -> list[SeatLine]:
    """The seats in the order of their forms."""
    pool = look_at_pool(plan, now=now)
    by_seat = {seat.pk: pool.people[user] for user, seat in pool.seats.items()}
    return [_seat_line(by_seat[form.instance.pk], form) for form in forms]


def waiting_lines(plan: RoutingPlan, *, now: datetime) -> list[WaitingLine]:
    """What waits in the department, first to be given first."""
    rows = WaitingTicket.objects.filter(department_id=plan.department_id).select_related(
        "ticket__priority"
    )
    ordered = rows.order_by("ticket__priority_rank", "ticket__next_due_at", "ticket_id")
    return [
        WaitingLine(
            number=row.ticket.number,
            subject=row.ticket.subject or _("(no subject)"),
            priority=row.ticket.priority.name,
            method=row.get_method_display() or plan.get_method_display(),
            age=span_text(now - row.since),
            reason=row.reason or _("Not tried yet."),
            is_late=now - row.since >= plan.patience,
        )
        for row in ordered[:SHOWN]
    ]


def decisions_of(ticket: Ticket) -> list[DecisionLine]:
    """Every decision about who gets the ticket, newest first."""
    rows = Assignment.objects.filter(ticket=ticket).select_related("department")
    return [
        DecisionLine(
            row=row,
            candidates=[(found["name"], _weighed(found)) for found in row.candidates],
        )
        for row in rows.order_by("-pk")[:OF_TICKET]
    ]


def waiting_words(ticket: Ticket, *, now: datetime) -> str:
    """ "Waits for an agent since 12 min: 4 away"; empty when it waits for none."""
    row = WaitingTicket.objects.filter(ticket=ticket).first()
    if row is None:
        return ""
    words = _("Has waited for an agent for %(age)s: %(reason)s")
    reason = row.reason or _("Not tried yet.")
    return words % {"age": span_text(now - row.since), "reason": reason}


def is_switched_off() -> bool:
    """Whether nothing is given out anywhere."""
    return not options.value("automation.assigns")


def _department_line(
    row: Department, waiting: Mapping[str, Any] | None, now: datetime
) -> DepartmentLine:
    plan = getattr(row, "routing_plan", None) or RoutingPlan(department=row)
    members = vars(row)["members_count"]
    words = ""
    if waiting:
        counted = ngettext("%(count)d ticket", "%(count)d tickets", waiting["count"])
        words = _("%(tickets)s, the oldest for %(age)s") % {
            "tickets": counted % {"count": waiting["count"]},
            "age": span_text(now - waiting["since"]),
        }
    return DepartmentLine(
        pk=row.pk,
        name=row.name,
        is_enabled=plan.is_enabled,
        method=plan.get_method_display(),
        seats=ngettext("%(count)d agent", "%(count)d agents", members) % {"count": members},
        waiting=words,
        is_late=waiting is not None and now - waiting["since"] >= plan.patience,
    )


def _seat_line(person: Candidate, form: SeatForm) -> SeatLine:
    verdict = obstacle(person, _PLAIN)
    words = {"load": person.load, "limit": min(person.push_below, person.cap)}
    return SeatLine(
        name=person.name,
        load=_("%(load)d of %(limit)d") % words,
        standing=_standing(verdict),
        is_free=verdict is None,
        form=form,
    )


def _standing(verdict: Verdict | None) -> str:
    if verdict is None:
        return _("Is given tickets")
    return verdict_words({"reason": verdict.reason, "detail": verdict.detail})


def _weighed(found: Mapping[str, Any]) -> str:
    """A candidate in words, with the load the decision was made at."""
    words = {"words": verdict_words(found), "load": found["load"], "cap": found["cap"]}
    return _("%(words)s (%(load)s of %(cap)s tickets)") % words
