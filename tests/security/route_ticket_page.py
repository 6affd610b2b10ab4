"""Addresses around the ticket page: its activity, its print, steps with one message."""

from __future__ import annotations

from tests.security.route_rows import DEPARTMENT, DONE_BY_DEPARTMENT, Route

REDACTING = "302 404 404 404 404 200"
NOT_SENT = "302 404 404 404 404 404"
REDACTED = "302 404 404 404 404 303"


def ticket_page() -> dict[str, Route]:
    """Who works on the ticket sees and forwards; who may delete it redacts."""
    message = ("ticket.number", "inbound.pk")
    return {
        "desk:activity": Route(get=DEPARTMENT, at=("ticket.number",)),
        "desk:print": Route(get=DEPARTMENT, at=("ticket.number",)),
        "desk:message_forward": Route(
            get=DEPARTMENT,
            post=DONE_BY_DEPARTMENT,
            at=message,
            data=lambda _stage: {"to": "parts@vendor.example", "text": "Look at this"},
        ),
        # What has not left is not offered once more, to nobody.
        "desk:message_repetition": Route(
            get=NOT_SENT, post=NOT_SENT, at=("ticket.number", "reply.pk")
        ),
        "desk:message_redaction": Route(
            get=REDACTING,
            post=REDACTED,
            at=message,
            data=lambda _stage: {"what": "message", "reason": "Card number"},
        ),
    }
