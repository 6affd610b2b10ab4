"""One view, two renderings: page for browsers, fragment for htmx."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from core.rendering import render_page, see_other, with_event, with_flash

PAGE = (
    "<!doctype html><main>{% partialdef rows inline %}<p>{{ word }}</p>{% endpartialdef %}</main>"
)


@pytest.fixture(autouse=True)
def page(settings, tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text(PAGE)
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get(
        "/", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined] # what the middleware sets
    return request


def rows(request: HttpRequest, status: int = 200) -> HttpResponse:
    return render_page(request, "list.html", {"word": "one"}, fragment="rows", status=status)


def test_browser_gets_the_page() -> None:
    assert rows(asked()).content.startswith(b"<!doctype html>")


def test_htmx_gets_the_fragment_as_it_stands_in_the_page() -> None:
    fragment = rows(asked(HX_Request="true")).content
    assert fragment == b"<p>one</p>"
    assert fragment in rows(asked()).content


@pytest.mark.parametrize("header", ["HX_Boosted", "HX_History_Restore_Request"])
def test_boosted_and_restored_pages_are_whole(header: str) -> None:
    request = asked(HX_Request="true", **{header: "true"})
    assert rows(request).content.startswith(b"<!doctype html>")


def test_caches_keep_the_two_apart() -> None:
    assert "HX-Request" in rows(asked())["Vary"]
    assert "HX-Request" in rows(asked(HX_Request="true"))["Vary"]


def test_refused_form_keeps_its_status() -> None:
    assert rows(asked(HX_Request="true"), status=422).status_code == 422


def test_flash_and_event_travel_in_headers() -> None:
    response = with_flash(HttpResponse(), "Saved", level="info")
    assert json.loads(response["HX-Trigger"]) == {"hd:flash": {"text": "Saved", "level": "info"}}
    response = with_event(HttpResponse(), "hd:ticket-changed", number=42)
    assert json.loads(response["HX-Trigger-After-Settle"]) == {"hd:ticket-changed": {"number": 42}}


def test_after_a_post_the_browser_goes_elsewhere() -> None:
    plain = see_other(asked(), "/next")
    assert (plain.status_code, plain["Location"]) == (303, "/next")
    assert see_other(asked(HX_Request="true"), "/next")["HX-Redirect"] == "/next"
