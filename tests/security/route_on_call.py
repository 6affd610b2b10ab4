"""Addresses of on-call, of emergencies and of the contacts, and who gets there."""

from __future__ import annotations

from typing import Any

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    MANAGERS,
    STAFF,
    Route,
    named,
    table,
    ticket_post,
)
from tests.security.stage import Stage


def _schedule(_stage: Stage) -> dict[str, Any]:
    return {
        "name": "Fresh",
        "time_zone": "UTC",
        "handover_weekday": "0",
        "handover_time": "09:00",
        "starts_on": "2025-01-06",
        "acknowledge_minutes": "15",
    }


def _role(stage: Stage) -> dict[str, Any]:
    return {"schedule": stage.on_call.schedule.pk, "name": "Fresh", "level": "2"}


def _spec(stage: Stage) -> dict[str, Any]:
    chosen = stage.on_call.spare_set.pk
    return {"milestone_set": chosen, "label": "Fresh", "minutes": "5", "reached": "hand"}


def _set(stage: Stage) -> dict[str, Any]:
    return {"milestone_set": stage.on_call.spare_set.pk}


def _call(stage: Stage) -> dict[str, Any]:
    return {"schedule": stage.on_call.schedule.pk, "cause": "Data loss"}


def emergencies() -> dict[str, Route]:
    """The board is everybody's, turns are arranged by who takes them, tickets stay with theirs."""
    kept = ("position", "archive", "restore")
    pages = {
        **table("on_call_schedules", "on_call.spare_schedule", _schedule, *kept[1:]),
        **table("on_call_roles", "on_call.spare_role", _role, *kept[1:]),
        **table("milestone_sets", "on_call.spare_set", named(), *kept),
        **table("milestone_specs", "on_call.spare_spec", _spec),
        **table("contacts", "on_call.contact", lambda _: {"tier": "Fresh"}, *kept),
        **ticket_post("ticket_milestones", _set),
        **ticket_post("milestones_removal"),
        **ticket_post("ticket_call", _call),
    }
    for name in ("on_call_schedules", "on_call_roles"):
        del pages[f"{name}_removal"]
    schedule, page = ("on_call.schedule.pk",), ("on_call.page.pk",)
    # ada takes turns in the schedule, ben does not.
    refused, done = "302 404 404 403 422 422", "302 404 404 403 303 303"
    return pages | {
        "desk:milestone_done": Route(
            post=DONE_BY_DEPARTMENT, at=("ticket.number", "on_call.milestone.pk")
        ),
        "on_call:board": Route(get=STAFF),
        "on_call:log": Route(get=MANAGERS),
        "on_call:schedule": Route(get=STAFF, at=schedule),
        "on_call:override_add": Route(post=refused, at=schedule),
        "on_call:swap": Route(post=refused, at=schedule),
        "on_call:override_removal": Route(post=done, at=("on_call.shift.pk",)),
        "on_call:page": Route(get=DEPARTMENT, at=page),
        "on_call:acknowledgement": Route(post=DONE_BY_DEPARTMENT, at=page),
        "on_call:ending": Route(post=DONE_BY_DEPARTMENT, at=page),
    }
