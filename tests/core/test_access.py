"""Who may see a page (X-17, X-28)."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from core.access import safe_next

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls")]
PAGES = ["/test/signed_in", "/test/staff", "/test/settings"]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_sent_to_the_sign_in_page_and_back(client: Client, path: str) -> None:
    answer = client.get(f"{path}?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == f"/authentication/login?next={path.replace('/', '%2F')}%3Fpage%3D2"


@pytest.mark.parametrize("path", PAGES)
def test_htmx_is_told_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (401, "hd:login")


def test_customers_do_not_learn_that_a_page_exists(sign_in, cleo) -> None:
    client = sign_in(cleo)
    assert client.get("/test/signed_in").status_code == 200
    assert client.get("/test/staff").status_code == 404
    assert client.get("/test/settings").status_code == 404


def test_a_colleague_without_the_permission_is_told_so(sign_in, ada) -> None:
    client = sign_in(ada)
    assert client.get("/test/staff").status_code == 200
    answer = client.get("/test/settings")
    assert answer.status_code == 403
    assert b"role" in answer.content


def test_a_manager_may(sign_in, max_) -> None:
    assert sign_in(max_).get("/test/settings").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "\t//evil.example",
        "http:///evil",
        "https://evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "/\t/evil.example",
        "",
    ],
)
def test_no_redirect_leads_out_of_the_house(wanted: str) -> None:
    request = RequestFactory().get("/login", {"next": wanted})
    assert safe_next(request, default="/home") == "/home"


def test_a_redirect_within_the_house_is_followed() -> None:
    request = RequestFactory().post("/login", {"next": "/admin/tickets?page=2"})
    assert safe_next(request, default="/home") == "/admin/tickets?page=2"
