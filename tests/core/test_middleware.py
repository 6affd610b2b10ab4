"""What every request gets: an id, its client's address, headers, no slash (X-23, X-24, X-53)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls")]


def test_every_answer_names_its_request(client: Client) -> None:
    answer = client.get("/test/page")
    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])
    assert answer["X-Request-ID"] in answer.text


def test_a_stranger_cannot_choose_the_id(client: Client) -> None:
    answer = client.get("/test/page", headers={"X-Request-ID": "chosen-by-me"})
    assert answer["X-Request-ID"] != "chosen-by-me"


def test_the_proxy_may_pass_its_own(client: Client, settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    answer = client.get("/test/page", headers={"X-Request-ID": "from-proxy-1"})
    assert answer["X-Request-ID"] == "from-proxy-1"
    odd = client.get("/test/page", headers={"X-Request-ID": "a b;c"})
    assert odd["X-Request-ID"] != "a b;c"


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "seen"),
    [
        ([], "9.9.9.9", "1.1.1.1", "9.9.9.9"),
        (["10.0.0.0/8"], "10.0.0.1", "1.1.1.1", "1.1.1.1"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (["10.0.0.0/8"], "10.0.0.1", "<script>", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.0/8"], "9.9.9.9", "1.1.1.1", "9.9.9.9"),
        (["unix"], "", "2001:db8::1", "2001:db8::1"),
        ([], "", "1.1.1.1", ""),
    ],
)
def test_forwarded_addresses_count_only_from_our_proxies(
    client: Client, settings, proxies: list[str], peer: str, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    answer = client.get("/test/page", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=peer)
    assert answer.text.startswith(f"<p>{seen} ")


def test_pages_carry_the_headers_that_keep_them_safe(client: Client) -> None:
    answer = client.get("/test/page")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/test/missing", "/nowhere", "/test/text", "/healthz"])
def test_other_answers_carry_them_too(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "Permissions-Policy" in answer
    assert "Content-Security-Policy" in answer
    assert "X-Request-ID" in answer


def test_a_slash_too_many_is_led_away_with_its_query(client: Client) -> None:
    answer = client.get("/test/page/?a=1&b=2")
    assert (answer.status_code, answer["Location"]) == (308, "/test/page?a=1&b=2")
    assert client.head("/test/page/").status_code == 308


def test_a_form_is_never_redirected(client: Client) -> None:
    assert client.post("/test/page/", {"a": 1}).status_code == 404


def test_an_address_that_has_a_slash_keeps_it(client: Client) -> None:
    assert client.get("/test/slash/").status_code == 200


@pytest.mark.parametrize(
    "path", ["//evil.example/", "///evil.example//", "/nowhere/", "//test/page/"]
)
def test_slashes_never_lead_to_another_house(client: Client, path: str) -> None:
    answer = client.get(path, follow=False)
    assert not answer.get("Location", "/").startswith("//")


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/test/page", headers={"Host": "evil.example"}).status_code == 400
