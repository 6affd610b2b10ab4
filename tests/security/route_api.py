"""Addresses of machines, which no session opens, and the pages of their keys."""

from __future__ import annotations

from tests.security.route_rows import (
    DONE_BY_MANAGERS,
    MANAGERS,
    NOWHERE,
    PUBLIC,
    REFUSED_TO_MANAGERS,
    Route,
)

NO_KEY = "401 401 401 401 401 401"
# A new key is shown by the answer itself: its secret is nowhere to lead to.
SHOWN_TO_MANAGERS = "302 404 404 403 403 200"


def machines() -> dict[str, Route]:
    """Managers make and revoke keys; whoever has none gets nothing, signed in or not."""
    key = {"name": "Fresh", "scopes": ["records.read"], "lifetime": "30"}
    return {
        "api_keys": Route(get=MANAGERS, post=SHOWN_TO_MANAGERS, data=lambda _stage: key),
        "api_keys_add": Route(get=MANAGERS),
        "api_keys_revocation": Route(get=MANAGERS, post=DONE_BY_MANAGERS, at=("api_key.pk",)),
        "api_settings": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
        "api_openapi": Route(get=PUBLIC),
        "api_records": Route(get=NO_KEY),
        # Dropped by DELETE only; whoever reads it is told so.
        "api_record": Route(get="405 405 405 405 405 405", at=("theme", "theme", "theme")),
        "api_nowhere": Route(get=NOWHERE, at=("theme",)),
    }
