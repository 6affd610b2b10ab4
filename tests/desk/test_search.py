"""Search: number, address, words; never what the agent may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from desk.search import results
from desk.views import search as search_view
from tests.factories import make_inbound, make_note, make_ticket
from tickets.models import SearchDocument
from tickets.search import words_query, write_stale_documents
from tickets.searching import meaning

pytestmark = pytest.mark.django_db
SEARCH = "/admin/search"


def found(response) -> list[str]:
    return [row.subject for row in response.context["found"].tickets]


def written() -> None:
    while write_stale_documents(timezone.now()):
        pass


def test_exact_number_leads_to_the_ticket(sign_in, ada, cleo, technical):
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    for text in (str(ticket.number), f"#{ticket.number}"):
        response = client.get(SEARCH, {"q": text})
        assert response.headers["Location"] == f"/admin/tickets/ticket/{ticket.number}"


def test_words_are_found_in_subject_customer_messages_and_notes(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical, subject="Espresso line down", text="It shows E-17.")
    make_inbound(ticket, text="Überlaufventil undicht, see cleo.b@harbour.example")
    make_note(ticket, ada, text="valve kit")
    written()
    client = sign_in(ada)
    for text in (
        "espresso",
        "ESPR",
        "E-17",
        "überlauf",
        "Cleo",
        "harbour foods",
        "valve kit",
        "espresso valve",
    ):
        assert found(client.get(SEARCH, {"q": text})) == ["Espresso line down"], text
    assert found(client.get(SEARCH, {"q": "espresso grinder"})) == []


@pytest.mark.parametrize("limits", [(10**9, 5), (-1, 5), (10**9, 1)])
def test_rare_words_and_common_ones_find_the_same(sign_in, ada, technical, monkeypatch, limits):
    """Looked up first, asked with the tickets, and guessed to be rare while they are not."""
    for name, limit in zip(("FEW_EXPECTED", "MOST_LOOKED_UP"), limits, strict=True):
        monkeypatch.setattr(meaning, name, limit)
    for subject in ("valve one", "pump", "valve two"):
        make_ticket(None, technical, subject=subject)
    written()
    assert found(sign_in(ada).get(SEARCH, {"q": "valve"})) == ["valve two", "valve one"]
    assert found(sign_in(ada).get(SEARCH, {"q": "valve -two"})) == ["valve one"]


def test_documents_follow_new_messages(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    written()
    assert not SearchDocument.objects.filter(is_stale=True).exists()
    make_inbound(ticket, text="Hopper cracked")
    assert SearchDocument.objects.filter(is_stale=True).exists()
    written()
    assert found(sign_in(ada).get(SEARCH, {"q": "hopper"})) == ["Espresso line down"]


def test_tickets_of_other_departments_are_not_found(sign_in, ada, max_, cleo, billing):
    make_ticket(cleo, billing, subject="Charged twice")
    written()
    assert found(sign_in(ada).get(SEARCH, {"q": "charged"})) == []
    assert found(sign_in(max_).get(SEARCH, {"q": "charged"})) == ["Charged twice"]


def test_address_finds_the_customer_and_their_tickets(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    response = sign_in(ada).get(SEARCH, {"q": "cleo@harbour.example"})
    assert found(response) == ["Espresso line down"]
    assert [person.name for person in response.context["found"].people] == ["Cleo"]


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE",
        "a & | !",
        "<->",
        "\\",
        "':*",
        "%%%",
        "x" * 5000,
        "\x00",
        "()",
        "日本語",
        "n0t 0",
    ],
)
def test_odd_words_break_nothing(sign_in, ada, cleo, technical, text):
    make_ticket(cleo, technical)
    assert sign_in(ada).get(SEARCH, {"q": text}).status_code == 200


def test_query_is_made_of_quoted_words_only():
    assert words_query("E-17 don't & go!") == "'e' & '17' & 'don':* & 't' & 'go'"


def test_search_that_takes_too_long_says_so(sign_in, ada, monkeypatch):
    def slow(*_args, **_named):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(search_view, "results", slow)
    response = sign_in(ada).get(SEARCH, {"q": "the"})
    assert response.status_code == 503
    assert "takes too long" in response.content.decode()


def test_too_broad_search_is_answered_from_the_newest(sign_in, ada, cleo, technical, monkeypatch):
    def slow_among_all(*given, **named):
        if not named["is_narrowed"]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")
        return results(*given, **named)

    make_ticket(cleo, technical)
    written()
    monkeypatch.setattr(search_view, "results", slow_among_all)
    monkeypatch.setattr(search_view, "OF_SEARCHES", timedelta(milliseconds=400))
    response = sign_in(ada).get(SEARCH, {"q": "espresso"})
    assert found(response) == ["Espresso line down"]
    assert "only the newest tickets were looked at" in response.content.decode()


def test_queue_filter_by_words_uses_the_documents(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    written()
    client = sign_in(ada)
    assert len(client.get("/admin/tickets", {"q": "espresso"}).context["queue"].rows) == 1
    assert len(client.get("/admin/tickets", {"q": "grinder"}).context["queue"].rows) == 0
