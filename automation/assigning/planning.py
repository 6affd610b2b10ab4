"""Changing plans and seats: audited, and tried at once on what waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from automation.assigning.asking import ASSIGN, departments_that_give
from automation.assigning.forms import PlanForm, SeatForm
from automation.models import RoutingPlan
from core import audit, pokes

_SEAT_FIELDS = ("role", "weight", "push_below", "hard_cap")


@transaction.atomic
def save_plan(form: PlanForm, *, actor: Any, now: datetime) -> RoutingPlan:
    """Store a valid form; the department is tried again with what it says now."""
    before = _facts(RoutingPlan.objects.get(pk=form.instance.pk))
    plan = form.save(commit=False)
    # Whoever gives out counts the turns meanwhile: only what the form asks is written.
    columns = [name for name in form.fields if name not in ("skills", "people")]
    plan.save(update_fields=columns)
    form.save_m2m()
    after = _facts(plan)
    if before != after:
        audit.record("changed", plan.department, actor=actor, before=before, after=after, now=now)
    departments_that_give.forget()
    pokes.poke(ASSIGN, plan.department_id)
    return plan


@transaction.atomic
def save_seats(forms: list[SeatForm], *, plan: RoutingPlan, actor: Any, now: datetime) -> None:
    """Store the lines that were changed; turns and debts stay as they are."""
    for form in forms:
        if not form.has_changed():
            continue
        seat = form.save(commit=False)
        seat.save(update_fields=_SEAT_FIELDS)
        facts = {name: form.cleaned_data[name] for name in form.changed_data}
        before = {name: form.initial.get(name) for name in form.changed_data}
        audit.record(
            "changed", seat.membership.user, actor=actor, before=before, after=facts, now=now
        )
    pokes.poke(ASSIGN, plan.department_id)


def _facts(plan: RoutingPlan) -> dict[str, Any]:
    return {
        "is_enabled": plan.is_enabled,
        "method": plan.method,
        "fallback": plan.fallback,
        "is_sticky": plan.is_sticky,
        "queue_timeout": plan.queue_timeout,
        "skills": sorted(plan.skills.values_list("name", flat=True)),
        "people": sorted(str(person) for person in plan.people.all()),
    }
