"""Rows of the table of addresses: what each actor gets, and the pages settings tables share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.security.stage import Stage

ACTORS = ("anonymous", "cleo", "otto", "ben", "ada", "max")

PUBLIC = "200 200 200 200 200 200"
NOWHERE = "404 404 404 404 404 404"
STAFF = "302 404 404 200 200 200"
MANAGERS = "302 404 404 403 403 200"
DEPARTMENT = "302 404 404 404 200 200"
REQUESTER = "302 200 404 404 404 404"
CUSTOMERS = "302 200 200 404 404 404"
MEMBERS = "302 200 200 200 200 200"
# What a form without scripts is answered with after it was accepted.
DONE_BY_STAFF = "302 404 404 303 303 303"
DONE_BY_MANAGERS = "302 404 404 403 403 303"
DONE_BY_DEPARTMENT = "302 404 404 404 303 303"
ACCEPTED_BY_MANAGERS = "302 404 404 403 403 302"
# A form without the version it was opened with is asked about, not saved.
STALE_FOR_MANAGERS = "302 404 404 403 403 409"
REFUSED_TO_MANAGERS = "302 404 404 403 403 422"
# Pages for people without a session lead everybody else home.
STRANGERS = "200 302 302 302 302 302"
# Steps of a sign-in that was not begun lead back to its beginning.
NOT_BEGUN = "302 302 302 302 302 302"
# Asks for the password again, or for a password at all, before it goes on.
CONFIRMED = "302 302 302 302 302 302"
# Without a second factor there is nothing to show or take away.
NO_FACTOR = "302 404 404 404 404 404"
DONE_BY_REQUESTER = "302 303 404 404 404 404"

Fields = Callable[[Stage], dict[str, Any]]


def nothing(_stage: Stage) -> dict[str, Any]:
    """An empty form."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Route:
    """Rows of answers to GET and POST, empty where the method is not offered.

    `at` names attributes of the stage that fill the address; `data` is what is posted.
    """

    get: str = ""
    post: str = ""
    at: tuple[str, ...] = ()
    data: Fields = nothing


def ticket_post(
    name: str, data: Fields = nothing, post: str = DONE_BY_DEPARTMENT
) -> dict[str, Route]:
    """Something only the ticket's department changes."""
    return {f"desk:{name}": Route(post=post, at=("ticket.number",), data=data)}


def ticket_step(name: str, data: Fields) -> dict[str, Route]:
    """A page with a form, for the ticket's department alone."""
    at = ("ticket.number",)
    return {f"desk:{name}": Route(get=DEPARTMENT, post=DONE_BY_DEPARTMENT, at=at, data=data)}


def message_post(name: str, message: str, post: str) -> dict[str, Route]:
    """Something only the department does with one message."""
    return {f"desk:{name}": Route(post=post, at=("ticket.number", message))}


def table(name: str, row: str, data: Fields, *extras: str) -> dict[str, Route]:
    """The pages of a settings table."""
    at = (f"{row}.pk",)
    pages = {
        name: Route(get=MANAGERS),
        f"{name}_add": Route(get=MANAGERS, post=DONE_BY_MANAGERS, data=data),
        f"{name}_edit": Route(get=MANAGERS, post=STALE_FOR_MANAGERS, at=at, data=data),
        f"{name}_removal": Route(get=MANAGERS, post=DONE_BY_MANAGERS, at=at),
    }
    offered = {f"{name}_{page}": Route(post=DONE_BY_MANAGERS, at=at) for page in extras}
    return pages | offered


def named(**fields: Any) -> Fields:
    """A form with a name and a slug of its own."""
    return lambda _stage: {"name": "Fresh", "slug": "fresh", **fields}
