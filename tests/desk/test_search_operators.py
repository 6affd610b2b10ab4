"""Operators of the search, passages, misspelled names, paging: for what the reader may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.keyset import PAGE
from core.registries import ArticleLink, article_sources
from customers import finding
from tests.desk.test_search import SEARCH, found, written
from tests.factories import make_customer, make_inbound, make_note, make_reply, make_ticket
from tickets.models import Attachment, AttachmentText, Priority, Tag, Ticket

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def desk(technical, cleo, ada) -> dict[str, Ticket]:
    """Three tickets that differ in all an operator asks for."""
    rows = {
        "new": make_ticket(cleo, technical, subject="new", now=NOW - timedelta(hours=1)),
        "old": make_ticket(cleo, technical, subject="old", now=NOW - timedelta(days=9)),
        "other": make_ticket(
            make_customer("Otto", "otto@mill.example"), technical, subject="other", now=NOW
        ),
    }
    rows["new"].tags.add(Tag.objects.create(name="Spare parts"))
    make_note(rows["old"], ada, text="valve kit")
    high = Priority.objects.order_by("rank")[0]
    Ticket.objects.filter(pk=rows["old"].pk).update(
        assignee=ada, priority=high, is_open=False, status_kind="closed"
    )
    written()
    return rows


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("from:otto", ["other"]),
        ("from:otto@mill.example", ["other"]),
        ("-from:otto is:open", ["new"]),
        ("-is:mine is:open", ["other", "new"]),
        ("is:mine", ["old"]),
        ("assignee:ada", ["old"]),
        ("assignee:nobody after:3d", ["other", "new"]),
        ("is:closed", ["old"]),
        ("has:note", ["old"]),
        ("has:attachment", []),
        ("before:7d", ["old"]),
        ("is:unassigned", ["other", "new"]),
        ('tag:"spare parts"', ["new"]),
        ("channel:email before:5d", ["old"]),
        ("valve is:closed", ["old"]),
        ("valve is:open", []),
        ("status:new otto", ["other"]),
        ("department:technical otto", ["other"]),
        ("is:spam", []),
    ],
)
def test_operators(sign_in, ada, desk, text, subjects):
    assert sorted(found(sign_in(ada).get(SEARCH, {"q": text}))) == sorted(subjects)


def test_number_beside_other_terms(sign_in, ada, desk):
    number = desk["old"].number
    assert found(sign_in(ada).get(SEARCH, {"q": f"#{number} is:closed"})) == ["old"]
    assert found(sign_in(ada).get(SEARCH, {"q": f"#{number} is:open"})) == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("status:neww", "Nothing is called “status:neww”. Did you mean “status:new”?"),
        ("statsu:new", "There is no “statsu:”. Did you mean “status:”?"),
        ("before:soon", "Nothing is called “before:soon”, so it was searched as words."),
        ("tag:sparparts", "Did you mean “tag:"),
    ],
)
def test_what_means_nothing_is_said(sign_in, ada, desk, text, hint):
    response = sign_in(ada).get(SEARCH, {"q": text})
    assert response.status_code == 200
    assert any(hint in line for line in response.context["found"].hints)


def test_operators_show_nothing_of_other_departments(sign_in, ada, cleo, billing, desk):
    make_ticket(cleo, billing, subject="Charged twice", text="secret valve")
    written()
    client = sign_in(ada)
    for text in ("department:billing", "valve secret", "is:open -from:nobody", "after:1d"):
        page = client.get(SEARCH, {"q": text}).content.decode()
        assert "Charged twice" not in page
        assert "secret <mark>" not in page


def test_passage_says_who_wrote_what(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical, text="<b>Hopper</b> & lid")
    make_inbound(ticket, text="Thanks")
    written()
    page = sign_in(ada).get(SEARCH, {"q": "hopper"}).content.decode()
    assert "&lt;b&gt;<mark>Hopper</mark>&lt;/b&gt; &amp; lid" in page


def test_file_that_says_it_is_named_with_its_passage(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    carried = Attachment.objects.create(
        ticket=ticket,
        message=ticket.messages.get(),
        sha256="f" * 64,
        size=9,
        filename="protocol <b>.pdf",
        content_type="application/pdf",
        created_at=timezone.now(),
    )
    text = "lorem " * 3000 + "The quibblefrax valve <i>hums</i>." + " ipsum" * 3000
    AttachmentText.objects.create(
        sha256=carried.sha256, kind="pdf", state="read", text=text, due_at=timezone.now()
    )
    written()
    page = sign_in(ada).get(SEARCH, {"q": "quibblefrax"}).content.decode()
    assert "protocol &lt;b&gt;.pdf · …" in page
    assert "The <mark>quibblefrax</mark> valve &lt;i&gt;hums" in page


def test_further_messages_of_a_ticket_are_listed(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical, text="Hopper one")
    second = make_inbound(ticket, text="Hopper two")
    written()
    response = sign_in(ada).get(SEARCH, {"q": "hopper"})
    assert "<mark>Hopper</mark> two" in response.context["found"].tickets[0].preview
    assert [row.text for row in response.context["found"].messages] == ["<mark>Hopper</mark> one"]
    assert str(second.pk) in response.content.decode()


def test_pages_go_on_without_repeating(sign_in, ada, cleo, technical):
    for number in range(PAGE + 2):
        make_ticket(cleo, technical, subject=f"Valve {number}")
    written()
    client = sign_in(ada)
    first = client.get(SEARCH, {"q": "valve"})
    second = client.get(first.context["found"].next_url)
    assert (len(found(first)), len(found(second))) == (PAGE, 2)
    assert not set(found(first)) & set(found(second))
    assert client.get(second.context["found"].previous_url).status_code == 200


@pytest.mark.parametrize("has_trigrams", [True, False])
def test_misspelled_name_finds_its_owner(sign_in, ada, monkeypatch, has_trigrams):
    make_customer("Hanna Meyer", "h@mill.example")
    make_customer("Paul Schmidt", "p@mill.example")
    if not has_trigrams:
        monkeypatch.setattr(finding, "has_trigrams", lambda: False)
    for text in ("Meier", "hanna maier", "Hana Meyer"):
        people = sign_in(ada).get(SEARCH, {"q": text}).context["found"].similar
        assert [person.name for person in people] == ["Hanna Meyer"], text


def test_tag_is_offered_for_words_that_find_nothing(sign_in, ada, desk):
    response = sign_in(ada).get(SEARCH, {"q": "spare prts"})
    assert [row.text for row in response.context["found"].suggestions] == ['tag:"Spare parts"']


def test_articles_stand_beside_tickets(sign_in, ada):
    article_sources.register(
        "tests.found", lambda _user, words, _language: [ArticleLink(words, "/kb/1")]
    )
    try:
        page = sign_in(ada).get(SEARCH, {"q": "descaling"}).content.decode()
    finally:
        del article_sources._entries["tests.found"]
    assert 'href="/kb/1"' in page
    assert "Nothing found" not in page


def test_statements_do_not_grow_with_what_is_found(
    sign_in, ada, cleo, technical, django_assert_max_num_queries
):
    for _ in range(12):
        make_ticket(cleo, technical)
    written()
    client = sign_in(ada)
    client.get(SEARCH, {"q": "espresso"})
    with django_assert_max_num_queries(16):
        client.get(SEARCH, {"q": "espresso"})


def test_when_too_many_are_called_so_the_words_of_documents_are_asked(
    sign_in, ada, desk, monkeypatch
):
    monkeypatch.setattr("tickets.searching.meaning.MOST_PEOPLE", 0)
    assert found(sign_in(ada).get(SEARCH, {"q": "from:otto"})) == ["other"]
    assert found(sign_in(ada).get(SEARCH, {"q": "-from:otto is:open"})) == ["new"]


def test_to_finds_what_was_sent_to_an_address(sign_in, ada, desk):
    make_reply(desk["new"], ada)
    desk["new"].messages.filter(kind="reply").update(recipients_cc=["jo@mill.example"])
    assert found(sign_in(ada).get(SEARCH, {"q": "to:Jo@mill.example"})) == ["new"]
    assert found(sign_in(ada).get(SEARCH, {"q": "to:nobody@mill.example"})) == []
    assert "new" not in found(sign_in(ada).get(SEARCH, {"q": "-to:jo@mill.example"}))
