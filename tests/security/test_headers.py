"""Headers of every answer (X-24, X-51 to X-53)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from core.submissions import FIELD
from tests.factories import PASSWORD
from tests.security.routes import ROUTES
from tests.security.stage import Stage
from tests.security.visits import address, answer, browser_of, session_of

pytestmark = pytest.mark.django_db
# Mails in a frame of ours: no script at all, and framed by nobody else.
FRAMES = {"desk:message_frame", "mailpipe:outgoing_frame"}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def missing_headers(name: str, response) -> list[str]:
    wrong = [f"{name}: {key}" for key, value in EVERYWHERE.items() if response.get(key) != value]
    if "camera=()" not in response.get("Permissions-Policy", ""):
        wrong.append(f"{name}: Permissions-Policy")
    is_page = response.get("Content-Type", "").startswith("text/html")
    if is_page and "no-store" not in response.get("Cache-Control", ""):
        wrong.append(f"{name}: Cache-Control {response.get('Cache-Control')}")
    return wrong + [f"{name}: {why}" for why in weak_policy(name, response)]


def weak_policy(name: str, response) -> list[str]:
    policy = response.get("Content-Security-Policy", "")
    rules = {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}
    found = []
    if rules.get("default-src") != ["'none'"]:
        found.append(f"default-src of {policy!r}")
    scripts = rules.get("script-src", [])
    if [word for word in scripts if not word.startswith("'nonce-")]:
        found.append(f"script-src {scripts}")
    if name in FRAMES and response.status_code == 200:
        return found + ([] if "sandbox" in rules else ["sandbox"])
    if "unsafe" in policy:
        found.append("unsafe")
    is_file = name == "tickets:attachment"
    if not is_file and rules.get("frame-ancestors") != ["'none'"]:
        found.append("frame-ancestors")
    if response.get("X-Frame-Options", "DENY") != "DENY":
        found.append("X-Frame-Options")
    return found


@pytest.mark.parametrize("actor", ["anonymous", "cleo", "max"])
def test_x51_x52_x53_on_every_route(stage, actor):
    cookies, wrong = session_of(stage, actor), []
    for name, route in ROUTES.items():
        method = "get" if route.get else "post"
        wrong += missing_headers(name, answer(stage, cookies, name, method))
    assert not wrong, "\n".join(wrong)


def test_x51_mails_are_framed_by_ourselves_only(stage):
    manager = browser_of(stage, "max")
    for name in FRAMES:
        policy = manager.get(address(name, stage))["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "script-src" not in policy
        assert "allow-" not in policy


def test_x52_each_answer_has_a_nonce_of_its_own():
    policies = {Client().get("/authentication/login")["Content-Security-Policy"] for _ in range(3)}
    nonces = {re.search(r"'nonce-([^']+)'", policy)[1] for policy in policies}
    assert len(nonces) == 3
    assert min(map(len, nonces)) >= 16


def test_x32_file_is_harmless_even_when_it_is_a_page(stage):
    stage.file.content_type = "text/html"
    stage.file.filename = 'evil".html\r\nX-Evil: 1'
    stage.file.save()
    response = browser_of(stage, "ada").get(f"/attachments/{stage.file.pk}/x.html")
    assert response["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert "X-Evil" not in response.headers
    assert "text/html" not in response["Content-Type"]


def test_x24_cookies_are_out_of_reach_of_scripts_and_other_sites(ada):
    client = Client()
    client.get("/authentication/login")
    client.post("/authentication/login", {"login": ada.email, "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_x53_host_of_another_house_is_refused(stage: Stage):
    for host in ("evil.example", "localhost.evil.example", "localhost@evil.example"):
        assert (
            Client(raise_request_exception=False).get("/", headers={"Host": host}).status_code
            == 400
        )


def test_answers_to_htmx_carry_the_same_headers(stage):
    manager = browser_of(stage, "max")
    htmx = {"HX-Request": "true"}
    for path in ("/admin/tickets", f"/admin/tickets/ticket/{stage.ticket.number}/context"):
        assert not missing_headers(path, manager.get(path, headers=htmx))


def test_form_fields_named_like_ours_are_not_reflected():
    """A posted key comes back into no page."""
    page = Client().post("/forms/ticket", {FIELD: '"><script>x</script>'}).content.decode()
    assert "<script>x" not in page


def test_x52_trusted_types_are_watched_on_every_page():
    response = Client().get("/authentication/login")
    rules = response["Content-Security-Policy-Report-Only"].split("; ")
    assert sorted(rules) == ["require-trusted-types-for 'script'", "trusted-types default"]
