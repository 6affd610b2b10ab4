"""Addresses of macros and escalations: a ticket's are its department's."""

from __future__ import annotations

from tests.security.route_rows import DEPARTMENT, DONE_BY_DEPARTMENT, Route


def macros_and_escalations() -> dict[str, Route]:
    """The list, the preview, several tickets at once; saying that one is on it."""
    macro = ("ticket.number", "macros.macro.pk")
    return {
        "desk:ticket_macros": Route(get=DEPARTMENT, at=("ticket.number",)),
        "desk:ticket_macro": Route(get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=macro),
        "desk:tickets_macro": Route(
            get="302 404 404 200 200 200",
            post="302 404 404 200 200 200",
            data=lambda stage: {
                "macro": stage.macros.macro.pk,
                "numbers": str(stage.ticket.number),
            },
        ),
        "desk:escalation_acknowledgement": Route(
            post=DONE_BY_DEPARTMENT, at=("ticket.number", "macros.escalation.pk")
        ),
    }
