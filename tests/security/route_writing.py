"""Addresses of the composer: a ticket is its department's, a text its author's."""

from __future__ import annotations

from tests.security.route_rows import DEPARTMENT, DONE_BY_DEPARTMENT, Route, ticket_post

AUTHOR = "302 404 404 404 303 404"


def writing() -> dict[str, Route]:
    """Messages, drafts, and what waits for its time."""
    scheduled, draft = (
        ("ticket.number", "writing.scheduled.pk"),
        ("ticket.number", "writing.draft.pk"),
    )
    return {
        **ticket_post("messages", lambda _: {"kind": "note", "text": "A word among us."}),
        **ticket_post(
            "draft", lambda _: {"kind": "reply", "text": "Dear"}, "302 404 404 404 204 204"
        ),
        **ticket_post("draft_sharing", lambda _: {"kind": "reply", "text": "Dear", "shared": "on"}),
        **ticket_post("preview", lambda _: {"kind": "reply", "text": "**Dear**"}, DEPARTMENT),
        "desk:draft_takeover": Route(post=AUTHOR, at=draft),
        "desk:scheduled_edition": Route(post=AUTHOR, at=scheduled),
        "desk:scheduled_dispatch": Route(post=AUTHOR, at=scheduled),
        "desk:scheduled_removal": Route(post=DONE_BY_DEPARTMENT, at=scheduled),
    }
