"""No answer leads out of the house, whatever the address asks for (X-17)."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from tests.factories import PASSWORD
from tests.security.routes import ROUTES
from tests.security.visits import address, browser_of, undone

pytestmark = pytest.mark.django_db
OUTSIDE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "\t//evil.example",
    "/\t/evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://localhost@evil.example",
    "/%0d%0aX-Evil:1",
]
NAMES = ("next", "view", "return", "url", "after", "back", "redirect_to")
HEADERS = ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url")


def places(response) -> list[str]:
    return [response[name] for name in HEADERS if name in response]


def leads_out(place: str) -> bool:
    cleaned = place.replace("\\", "/").strip()
    parts = urlsplit(cleaned)
    return bool(parts.scheme or parts.netloc) or cleaned.startswith("//")


@pytest.mark.parametrize("outside", OUTSIDE)
def test_sign_in_leads_nowhere_else(ada, outside):
    for path in ("/authentication/login", f"/authentication/login?next={outside}"):
        client = Client()
        fields = {"login": ada.email, "password": PASSWORD, "next": outside}
        response = client.post(path, fields)
        assert response.status_code == 302
        assert not [place for place in places(response) if leads_out(place)]


@pytest.mark.parametrize("is_htmx", [False, True])
@pytest.mark.parametrize("actor", ["anonymous", "cleo", "max"])
def test_no_route_is_led_out_by_its_fields(stage, actor, is_htmx):
    client, found = browser_of(stage, actor), []
    evil = dict.fromkeys(NAMES, "//evil.example/x")
    headers = {"Referer": "https://evil.example/", "HX-Current-URL": "https://evil.example/"}
    headers |= {"HX-Request": "true"} if is_htmx else {}
    for name, route in ROUTES.items():
        if not route.post:
            continue
        with undone():
            fields = {**route.data(stage), **evil}
            response = client.post(address(name, stage), fields, headers=headers)
        found += [f"{name}: {place}" for place in places(response) if leads_out(place)]
    assert not found, "\n".join(found)


def test_repeated_form_leads_to_no_address_of_the_browser(stage):
    """The address htmx tells is the browser's word, not ours."""
    ada = browser_of(stage, "ada")
    url = f"/admin/tickets/ticket/{stage.ticket.number}/messages"
    fields = {"kind": "note", "text": "Once.", "idempotency_key": str(uuid4())}
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example//evil.example"}
    answers = [ada.post(url, fields, headers=headers) for _ in range(2)]
    assert not [place for answer in answers for place in places(answer) if leads_out(place)]
