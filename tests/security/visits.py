"""Visits of the stage as anybody, without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from operator import attrgetter

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from core.memo import forget_all
from tests.security.routes import ROUTES
from tests.security.stage import Stage


def address(name: str, stage: Stage) -> str:
    """Where the route is on this stage."""
    return reverse(name, args=[attrgetter(part)(stage) for part in ROUTES[name].at])


@contextmanager
def undone() -> Iterator[None]:
    """What happens in here never happened, neither in the database nor in the caches."""
    try:
        with rolled_back():
            yield
    finally:
        forget_all()
        cache.clear()


@contextmanager
def rolled_back() -> Iterator[None]:
    """The database is as before afterwards; enough for what only reads."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def session_of(stage: Stage, actor: str) -> SimpleCookie:
    """The cookies of this actor's browser."""
    client, person = Client(), stage.people()[actor]
    if person is not None:
        user = getattr(person, "user", person)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies


def answer(stage: Stage, cookies: SimpleCookie, name: str, method: str) -> HttpResponseBase:
    """What the owner of the cookies gets; the world is as before afterwards."""
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    if method == "get":
        with rolled_back():
            return client.get(address(name, stage))
    with undone():
        return client.post(address(name, stage), ROUTES[name].data(stage))


def browser_of(stage: Stage, actor: str) -> Client:
    """A browser in which this actor is signed in."""
    client = Client(raise_request_exception=False)
    client.cookies = session_of(stage, actor)
    return client


def body_of(response: HttpResponseBase) -> str:
    """Everything that left, files too."""
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode("utf-8", "replace")
