"""Error pages: clear to people, silent about the inside."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls")]


@pytest.fixture
def calm(client: Client) -> Client:
    client.raise_request_exception = False
    return client


def test_a_missing_page_says_so_and_nothing_more(calm: Client) -> None:
    answer = calm.get("/test/missing")
    assert answer.status_code == 404
    assert "secret detail" not in answer.text
    assert "<h1" in answer.text


def test_who_tries_numbers_is_told_to_wait(calm: Client, monkeypatch) -> None:
    monkeypatch.setattr("core.errors.MAX_MISSES", 3)
    codes = [calm.get(f"/test/{number}").status_code for number in range(5)]
    assert codes == [404, 404, 404, 429, 429]
    assert calm.get("/test/page").status_code == 200


def test_an_error_names_the_request_to_quote(calm: Client) -> None:
    answer = calm.get("/test/broken")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.text
    assert "secret detail" not in answer.text


def test_a_database_out_of_breath_asks_for_patience(calm: Client) -> None:
    answer = calm.get("/test/busy")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["X-Request-ID"] in answer.text


def test_a_form_of_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/test/order")
    assert answer.status_code == 403
    assert "<h1" in answer.text


def test_an_error_page_that_breaks_leaves_a_sentence(calm: Client, monkeypatch) -> None:
    def refuse(*args: object) -> str:
        raise RuntimeError

    monkeypatch.setattr("core.errors.render_to_string", refuse)
    answer = calm.get("/test/missing")
    assert answer.status_code == 404
    assert "Not Found" in answer.text
