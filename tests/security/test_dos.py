"""Odd and endless questions get a plain answer (X-45 to X-48)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from core.sanitiser import linkify, sanitise
from tests.factories import make_ticket
from tests.pace import takes_at_most
from tests.security.routes import ACTORS, ROUTES, Route
from tests.security.visits import address, body_of, browser_of
from tickets.models import Message
from tickets.search import write_stale_documents
from tickets.uploads import MAX_FILES

pytestmark = pytest.mark.django_db
LISTS = (
    "/admin/tickets",
    "/admin/tickets/counters",
    "/admin/search",
    "/admin/clients",
    "/admin/audit_log",
    "/admin/audit_log/export",
    "/admin/mail/inbound",
    "/admin/mail/outbox",
    "/admin/staff",
    "/admin/tickets/add",
)
ODD = (
    "\x00",
    "%",
    "_",
    "'",
    '"; DROP TABLE tickets_ticket; --',
    "9" * 40,
    "-1",
    "1e309",
    "NaN",
    "infinity",
    "2026-13-45",
    "\ud83d\ude00",
    "a" * 10_000,
    "a OR " * 500,
    "(" * 500,
    "*:*",
    "\u202e",
    "[]",
    "{}",
    "null",
    "../../etc/passwd",
    "${jndi:ldap://x}",
)
KEYS = (
    *("q", "page", "after", "before", "limit", "per_page", "order", "order_by", "sort", "view"),
    *(
        "status",
        "priority",
        "department",
        "assignee",
        "service",
        "channel",
        "tag",
        "since",
        "until",
    ),
    *("outcome", "sender", "state", "scope", "verb", "kind", "subject", "mark", "customer_id"),
)


@pytest.mark.parametrize("path", LISTS)
def test_x45_x47_no_parameter_breaks_a_list(stage, path):
    manager, broken = browser_of(stage, "max"), []
    for value in ODD:
        query = urlencode(dict.fromkeys(KEYS, value), errors="surrogatepass")
        response = manager.get(f"{path}?{query}")
        if response.status_code >= 500:
            broken.append(repr(value[:40]))
    assert not broken, broken


@pytest.mark.parametrize("path", ["/clients/tickets", "/clients/open_ticket", "/forms/ticket", "/"])
def test_x45_x47_no_parameter_breaks_the_portal(stage, path):
    cleo, broken = browser_of(stage, "cleo"), []
    for value in ODD:
        query = urlencode(dict.fromkeys(KEYS, value), errors="surrogatepass")
        if cleo.get(f"{path}?{query}").status_code >= 500:
            broken.append(repr(value[:40]))
    assert not broken, broken


@pytest.mark.parametrize("value", ["\x00", "9" * 40, "-1", "a" * 5000, "[]"])
def test_odd_fields_are_refused_not_broken(stage, value):
    """Every field of every form, as the manager and as the customer."""
    broken = []
    for actor in ("max", "cleo"):
        client = browser_of(stage, actor)
        cookies = client.cookies.output()
        for name, route in forms_of(actor):
            fields = dict.fromkeys({*route.data(stage), "message", "text", "value"}, value)
            status = client.post(address(name, stage), fields).status_code
            if status >= 500:
                broken.append(f"{actor} {name}: {status}")
            if client.cookies.output() != cookies:  # signed out, or in as somebody else
                client = browser_of(stage, actor)
                cookies = client.cookies.output()
    assert not broken, "\n".join(broken)


def forms_of(actor: str) -> Iterator[tuple[str, Route]]:
    """What this person may post to; doors have tests of their own."""
    for name, route in ROUTES.items():
        answers = dict(zip(ACTORS, route.post.split(), strict=False))
        if answers.get(actor, "404") not in {"403", "404"} and not name.startswith("account"):
            yield name, route


@pytest.mark.parametrize(
    "query",
    [
        "customer__user__password__startswith=p",
        "assignee__password__regex=.",
        "order_by=customer__user__password",
        "department__members__email=x",
        "is_spam=1&deleted_at__isnull=",
    ],
)
def test_x46_unknown_keys_have_no_effect(stage, query):
    ada = browser_of(stage, "ada")
    strip = str.maketrans("", "", "\n ")

    def rows(path: str) -> list[str]:
        lines = body_of(ada.get(path)).split("<tr")
        return [line.translate(strip)[:80] for line in lines if "/admin/tickets/ticket/" in line]

    assert rows(f"/admin/tickets?{query}") == rows("/admin/tickets")


def test_x47_page_is_capped_whatever_is_asked(stage):
    for n in range(60):
        make_ticket(stage.cleo, stage.technical, subject=f"Many {n}")
    page = body_of(browser_of(stage, "ada").get("/admin/tickets?limit=1000000000&per_page=10000"))
    assert page.count(">Many ") <= 51


def test_x48_thousand_files_are_refused_with_the_limit(stage):
    ada = browser_of(stage, "ada")
    files = [BytesIO(b"x") for _ in range(MAX_FILES + 1)]
    for n, file in enumerate(files):
        file.name = f"{n}.txt"
    url = f"/admin/tickets/ticket/{stage.ticket.number}/messages"
    fields = {"kind": "note", "text": "Many files.", "attachments": files}
    response = ada.post(url, fields)
    assert response.status_code == 422
    assert "Many files." in body_of(response)
    assert not Message.objects.filter(text="Many files.").exists()


def test_x48_very_many_fields_are_refused():
    fields = {f"f{n}": "x" for n in range(1100)}
    assert Client(raise_request_exception=False).post("/forms/ticket", fields).status_code == 400


@pytest.mark.parametrize("clean", [sanitise, linkify])
@pytest.mark.parametrize(
    "unit", ["<", "&", "http://", "a@", "<a href=", "<!--", "<p>", "](", "www."]
)
def test_x44_a_megabyte_of_anything_is_cleaned_in_time(clean, unit):
    takes_at_most(3, lambda: clean((unit * 300_000)[:300_000]))


def test_search_words_are_data(stage):
    write_stale_documents(timezone.now())
    manager = browser_of(stage, "max")
    for words in ("espresso & !line", "'espresso' | x:*", "\\", "a <-> b"):
        assert manager.get("/admin/search", {"q": words}).status_code == 200
