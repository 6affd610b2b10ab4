"""Every route × every actor: nobody reaches what they may not (screens.md 12, item 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.routes import ACTORS, ROUTES, Route
from tests.security.stage import Stage
from tests.security.visits import address, answer, session_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

NOBODYS = Ticket(number=987_654_321)
PERSONAL_HEADERS = ("X-Request-ID", "Content-Security-Policy", "Content-Length")


def all_names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of every address the product answers at."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from all_names(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def expected(route: Route, method: str, actor: str) -> int:
    return int(getattr(route, method).split()[ACTORS.index(actor)])


def deviations(stage: Stage, actor: str, method: str) -> list[str]:
    """Where this actor gets something else than the table says."""
    found, cookies = [], session_of(stage, actor)
    for name, route in ROUTES.items():
        if not getattr(route, method):
            continue
        status = answer(stage, cookies, name, method).status_code
        if status != expected(route, method, actor):
            found.append(f"{name}: {status} instead of {expected(route, method, actor)}")
    return found


def test_every_route_is_in_the_table():
    names = set(all_names())
    assert names - set(ROUTES) == set(), "add these routes to tests/security/routes.py"
    assert set(ROUTES) - names == set(), "these routes are gone"


@pytest.mark.parametrize("actor", ACTORS)
def test_reading(stage, actor):
    found = deviations(stage, actor, "get")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("actor", ACTORS)
def test_changing(stage, actor):
    found = deviations(stage, actor, "post")
    assert not found, "\n".join(found)


def test_no_route_changes_anything_without_a_token(stage):
    """X-25: an unsafe request that does not come from a page of ours is refused."""
    cookies, found = session_of(stage, "max"), []
    for name, route in ROUTES.items():
        if route.post:
            client = Client(enforce_csrf_checks=True, raise_request_exception=False)
            client.cookies = cookies
            status = client.post(address(name, stage), route.data(stage)).status_code
            if status != HTTPStatus.FORBIDDEN:
                found.append(f"{name}: {status}")
    assert not found, "\n".join(found)


def test_pages_to_read_take_no_posts(stage):
    cookies, found = session_of(stage, "max"), []
    for name, route in ROUTES.items():
        if not route.post:
            status = answer(stage, cookies, name, "post").status_code
            if status not in (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_FOUND):
                found.append(f"{name}: {status}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("actor", "space"), [("otto", "portal:"), ("ben", "desk:")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_foreign_and_missing_look_the_same(stage, actor, space, method):
    """X-28: nobody learns from an answer whether a number is in use."""
    cookies, found = session_of(stage, actor), []
    for name, route in ROUTES.items():
        is_foreign = getattr(route, method) and expected(route, method, actor) == 404
        if not (name.startswith(space) and route.at and is_foreign):
            continue
        foreign = answer(stage, cookies, name, method)
        missing = answer(replace(stage, ticket=NOBODYS), cookies, name, method)
        if _shape(foreign) != _shape(missing):
            found.append(name)
    assert not found, "\n".join(found)


def _shape(response: HttpResponseBase) -> tuple[int, list[tuple[str, str]], bytes]:
    """The answer without what differs between any two: identifiers of request, nonces, tokens."""
    body = getattr(response, "content", b"")
    for pattern in (rb"[0-9a-f]{32}", rb'nonce="[^"]+"', rb"[A-Za-z0-9]{64}"):
        body = re.sub(pattern, b"*", body)
    for path in (rb"/clients/ticket/[0-9a-f-]+", rb"/ticket/\d+"):
        body = re.sub(path, b"/", body)
    kept = [pair for pair in response.items() if pair[0] not in PERSONAL_HEADERS]
    return response.status_code, kept, body
