"""Addresses of steps over many tickets: a run is for who started it."""

from __future__ import annotations

from tests.security.route_rows import DONE_BY_STAFF, Route

_DOER = "302 404 404 404 404 200"


def bulk_steps() -> dict[str, Route]:
    """The bar's post, the result of a run of the manager, its undoing."""
    return {
        "desk:tickets_bulk": Route(
            post=DONE_BY_STAFF, data=lambda stage: {"step": "close", "ids": [stage.ticket.pk]}
        ),
        "desk:bulk_result": Route(get=_DOER, at=("bulk.pk",)),
        "desk:bulk_undo": Route(post=_DOER.replace("200", "303"), at=("bulk.pk",)),
    }
