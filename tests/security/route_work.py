"""Addresses of tasks, appointments and time: a ticket's are its department's."""

from __future__ import annotations

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    STAFF,
    Route,
    named,
    table,
    ticket_post,
    ticket_step,
)
from tests.security.stage import Stage


def work_around_tickets() -> dict[str, Route]:
    """The card's forms, the page of appointments, the table of templates."""
    task = ("ticket.number", "work.task.pk")
    entry = ("ticket.number", "work.entry.pk")
    return {
        **table(
            "task_templates",
            "work.template",
            named(title="Replace", due_unit="days"),
            "position",
            "archive",
            "restore",
        ),
        **ticket_step("ticket_tasks", lambda _: {"title": "Send the valve"}),
        **ticket_post("template_task", lambda stage: {"template": stage.work.template.pk}),
        "desk:ticket_task": Route(
            get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=task, data=lambda _: {"title": "Send"}
        ),
        "desk:task_items": Route(
            post=DONE_BY_DEPARTMENT, at=task, data=lambda stage: {"done": stage.work.item.pk}
        ),
        **_appointments(),
        **ticket_step("time_entries", lambda _: {"spent": "1:30"}),
        **ticket_post("timer_start"),
        **ticket_post("timer_stop"),
        "desk:time_entry": Route(
            get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=entry, data=lambda _: {"spent": "20"}
        ),
        "desk:time_entry_removal": Route(post=DONE_BY_DEPARTMENT, at=entry),
    }


def _appointments() -> dict[str, Route]:
    at = ("ticket.number", "work.appointment.pk")
    finished = {"outcome": "Done.", "then": "go_on"}
    return {
        "desk:appointments": Route(get=STAFF),
        **ticket_step("ticket_appointments", _booking),
        "desk:appointment_check": Route(get="302 404 404 404 303 303", at=("ticket.number",)),
        "desk:appointment": Route(get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=at, data=_booking),
        "desk:appointment_finish": Route(
            get=DEPARTMENT,
            post=DONE_BY_DEPARTMENT,
            at=at,
            data=lambda _: finished,
        ),
        "desk:appointment_cancellation": Route(get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=at),
    }


def _booking(stage: Stage) -> dict[str, object]:
    return {
        "starts_at": "2099-01-05T10:00",
        "minutes": "30",
        "responsible": stage.ada.pk,
        "title": "Visit",
        "confirmed": "on",
    }
