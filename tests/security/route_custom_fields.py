"""Addresses of custom fields: managers define them, who may work on a ticket answers."""

from __future__ import annotations

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    DONE_BY_MANAGERS,
    MANAGERS,
    STAFF,
    Route,
    named,
    table,
)


def custom_fields() -> dict[str, Route]:
    """The settings table, the card of a ticket, the forms that ask, the portal's own answers."""
    field = named(label="Size", kind="text", entity="ticket", **{"options-count": "0"})
    return {
        **table("custom_fields", "custom_fields.spare", field, "position", "archive", "restore"),
        "suggested_fields": Route(get=MANAGERS, post=DONE_BY_MANAGERS),
        "desk:custom_fields": Route(
            get=DEPARTMENT,
            post=DONE_BY_DEPARTMENT,
            at=("ticket.number",),
            data=lambda stage: {stage.custom_fields.shown.name: "Large"},
        ),
        "desk:ticket_add_fields": Route(post=STAFF),
        "portal:request_fields": Route(post="200 200 200 200 200 200"),
        "portal:answers": Route(
            post="302 303 404 404 404 404",
            at=("ticket.public_id",),
            data=lambda stage: {stage.custom_fields.shown.name: "Large"},
        ),
    }
