"""Addresses of assignment: routing is the managers', a ticket's reasons are its department's."""

from __future__ import annotations

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    DONE_BY_MANAGERS,
    MANAGERS,
    REFUSED_TO_MANAGERS,
    Route,
)


def assignment() -> dict[str, Route]:
    """Plans, seats, limits, the report; assigning by hand and its question."""
    ticket, department = ("ticket.number",), ("ticket.department_id",)
    return {
        "routing": Route(get=MANAGERS),
        "routing_fairness": Route(get=MANAGERS),
        "routing_limits": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
        "routing_department": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS, at=department),
        "routing_seats": Route(post=REFUSED_TO_MANAGERS, at=department),
        "routing_attempt": Route(post=DONE_BY_MANAGERS, at=department),
        "desk:why_agent": Route(get=DEPARTMENT, at=ticket),
        "desk:assignment": Route(
            get="302 404 404 404 404 404",
            post=DONE_BY_DEPARTMENT,
            at=ticket,
            data=lambda stage: {"assignee": stage.ada.pk},
        ),
    }
