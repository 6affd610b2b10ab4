"""Addresses of saved views and of how lists look: everybody's own, shared ones the managers'."""

from __future__ import annotations

from tests.security.route_rows import DONE_BY_STAFF, STAFF, Route

_OWN = "302 404 404 404 303 404"
# No form that was opened before tells which version it changes.
_STALE = "302 404 404 404 409 404"


def saved_views() -> dict[str, Route]:
    """Own views are found by their owner alone."""
    at = ("saved_view.pk",)
    facts = {"name": "Fresh", "base": "attention", "sort": "due", "conditions-match": "all"}
    return {
        "desk:queue_display": Route(
            post=DONE_BY_STAFF, data=lambda _: {"view": "mine", "density": "compact"}
        ),
        "desk:saved_views": Route(get=STAFF),
        "desk:view_tabs": Route(post=DONE_BY_STAFF, data=lambda _: {"tab": ["mine"]}),
        "desk:saved_view_add": Route(
            get=STAFF, post=DONE_BY_STAFF, data=lambda _: {**facts, "scope": "own"}
        ),
        "desk:saved_view_edit": Route(
            get="302 404 404 404 200 404",
            post=_STALE,
            at=at,
            data=lambda _: {**facts, "scope": "own"},
        ),
        "desk:saved_view_position": Route(post=_OWN, at=at, data=lambda _: {"direction": "up"}),
        "desk:saved_view_archive": Route(post=_OWN, at=at),
        "desk:saved_view_restore": Route(post=_OWN, at=at),
    }
