"""The command palette: commands, pages by any of their names, tickets and customers one may see."""

from __future__ import annotations

import pytest

from core.registries import nav
from desk.menu_words import also_called
from tests.factories import make_customer, make_ticket

PALETTE = "/admin/palette"
HTMX = {"HX-Request": "true"}


def titles(client, text: str, scope: str = "queue") -> dict[str, list[str]]:
    found = client.get(PALETTE, {"q": text, "scope": scope}).context["sections"]
    return {section.title: [choice.title for choice in section.choices] for section in found}


@pytest.mark.django_db
def test_the_commands_of_the_page_come_first(sign_in, ada):
    commands = titles(sign_in(ada), "", scope="ticket")["Commands"]
    assert commands[0] == "Reply"
    assert "Next line" not in commands
    assert "Next line" in titles(sign_in(ada), "next")["Commands"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("spam", "Spam filters"),
        ("crm clients", "Customers"),
        ("operations priorities", "Priorities"),
        ("support sla", "SLA policies"),
        ("logs assignment", "What rules did"),
    ],
)
def test_pages_are_found_by_the_words_of_the_handbooks(sign_in, max_, words, page):
    assert page in titles(sign_in(max_), words)["Go to"]


@pytest.mark.django_db
def test_a_page_one_may_not_open_is_not_offered(sign_in, ada):
    assert "Spam filters" not in titles(sign_in(ada), "spam filters").get("Go to", [])


def test_every_handbook_word_belongs_to_a_page_or_to_one_to_come():
    to_come = {"desk.appointments", "predefined_replies", "announcements", "custom_fields"}
    from desk.menu_words import _WORDS  # noqa: PLC0415 -- the table itself is what is checked

    assert set(_WORDS) - {key for key, _item in nav} <= to_come
    assert also_called("nothing") == ()


@pytest.mark.django_db
def test_tickets_and_customers_by_number_and_word(sign_in, ada, max_, cleo, technical):
    ticket = make_ticket(cleo, technical, subject="Espresso machine leaks")
    found = titles(sign_in(ada), f"#{ticket.number}")
    assert found["Tickets"] == [f"#{ticket.number} Espresso machine leaks"]
    make_customer("Cleopatra Jones")
    assert "Cleopatra Jones" in titles(sign_in(ada), "cleopatra")["Customers"]


@pytest.mark.django_db
def test_a_ticket_of_another_department_is_not_found(sign_in, ben, cleo, technical):
    ticket = make_ticket(cleo, technical)
    assert "Tickets" not in titles(sign_in(ben), f"#{ticket.number}")


@pytest.mark.django_db
def test_the_fragment_is_a_list_of_options(sign_in, ada):
    html = sign_in(ada).get(PALETTE, {"scope": "queue"}, headers=HTMX).text
    assert html.count('role="option"') > 5
    assert 'data-do="go"' in html
    nothing = sign_in(ada).get(PALETTE, {"q": "zzzqqq"}, headers=HTMX).text
    assert "Nothing is called like that." in nothing
