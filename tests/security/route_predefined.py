"""Addresses of predefined replies and promises: one's own replies, a department's tickets."""

from __future__ import annotations

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    DONE_BY_MANAGERS,
    DONE_BY_STAFF,
    MANAGERS,
    STAFF,
    Route,
    ticket_post,
)

SHARED = "302 404 404 404 404 200"
DONE_WITH_SHARED = "302 404 404 404 404 303"
STALE = "302 404 404 404 404 409"


def predefined_replies() -> dict[str, Route]:
    """The library, the picker of a ticket and of a new one, the card of promises."""
    return _library() | _on_tickets()


def _library() -> dict[str, Route]:
    reply = ("predefined.reply.pk",)
    return {
        "predefined_replies": Route(get=STAFF),
        "predefined_export": Route(get=STAFF),
        "predefined_import": Route(get=STAFF, post="302 404 404 422 422 422"),
        "predefined_import_run": Route(post=DONE_BY_STAFF),
        "predefined_article": Route(get=MANAGERS, post=DONE_BY_MANAGERS),
        "predefined_add": Route(
            get=STAFF,
            post=DONE_BY_STAFF,
            data=lambda _stage: {
                "name": "Fresh",
                "shortcut": "fresh",
                "type": "closing",
                "scope": "mine",
                "language_0": "en",
                "body_0": "Bye.",
            },
        ),
        "predefined_reply": Route(get=SHARED, post=STALE, at=reply),
        **{
            f"predefined_{step}": Route(post=DONE_WITH_SHARED, at=reply)
            for step in ("archive", "restore", "remove")
        },
    }


def _on_tickets() -> dict[str, Route]:
    promise = ("ticket.number", "predefined.promise.pk")
    return {
        "desk:ticket_replies": Route(
            get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=("ticket.number",)
        ),
        "desk:ticket_reply": Route(
            get=DEPARTMENT,
            post=DONE_BY_DEPARTMENT,
            at=("ticket.number", "predefined.reply.pk"),
        ),
        "desk:ticket_add_replies": Route(get=STAFF, post=STAFF),
        "desk:ticket_add_reply": Route(get=STAFF, post=STAFF, at=("predefined.reply.pk",)),
        **ticket_post("ticket_promises", lambda _stage: {"due_at": "2099-01-01T10:00"}),
        "desk:promise_time": Route(
            post=DONE_BY_DEPARTMENT, at=promise, data=lambda _stage: {"due_at": "2099-01-01T10:00"}
        ),
        "desk:promise_keeping": Route(post=DONE_BY_DEPARTMENT, at=promise),
        "desk:promise_removal": Route(post=DONE_BY_DEPARTMENT, at=promise),
    }
