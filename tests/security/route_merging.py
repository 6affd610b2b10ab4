"""Addresses of merging, splitting, incidents: a ticket's department alone."""

from __future__ import annotations

from typing import Any

from tests.security.route_rows import DEPARTMENT, DONE_BY_DEPARTMENT, Fields, Route
from tests.security.stage import Stage

TICKET = ("merging.home.number",)


def merging() -> dict[str, Route]:
    """Pages and steps around what belongs together."""
    return {
        "desk:merge": _page(lambda stage: {"with": stage.merging.duplicate.number}),
        "desk:merge_removal": _step(at=("merging.home.number", "merging.merge.pk")),
        "desk:duplicates": Route(get=DEPARTMENT, at=TICKET),
        "desk:duplicate_removal": _step(lambda stage: {"with": stage.merging.duplicate.number}),
        "desk:split": _page(_split),
        "desk:incident": Route(get=DEPARTMENT, at=TICKET),
        "desk:incident_on": _step(),
        "desk:incident_off": _step(),
        "desk:incident_updates": _step(lambda _stage: {"text": "We are on it.", "how": "update"}),
        "desk:parts": _step(lambda stage: {"numbers": stage.merging.duplicate.number}),
        "desk:part_removal": _step(lambda stage: {"part": stage.merging.part.number}),
    }


def _page(data: Fields) -> Route:
    return Route(get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=TICKET, data=data)


def _step(data: Fields = lambda _stage: {}, at: tuple[str, ...] = TICKET) -> Route:
    return Route(post=DONE_BY_DEPARTMENT, at=at, data=data)


def _split(stage: Stage) -> dict[str, Any]:
    return {
        "message": stage.merging.home.messages.earliest("pk").pk,
        "subject": "Fresh",
        "customer": stage.merging.home.customer_id,
        "department": stage.merging.home.department_id,
    }
