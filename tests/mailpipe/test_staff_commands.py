"""`#assign name` in the first line of a proved agent's mail (R33)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from accounts.models import Department, User
from customers.models import Customer
from mailpipe import identity
from mailpipe.models import InboundMail, OutgoingMail
from mailpipe.staff_commands import named, read_command
from tests.factories import make_ticket, make_user
from tests.mailpipe.letters import letter, receive
from tickets.models import Message, Ticket

PROVED = "mx.company.example; dmarc=pass header.from=company.example"


@dataclass(frozen=True)
class Colleague:
    display_name: str
    email: str


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("#assign Ben", "Ben", ""),
        ("\n  #ASSIGN  Ben Stone \r\n\r\nPlease look.", "Ben Stone", "Please look."),
        (
            "#assign ben@company.example\nHello\n#assign x",
            "ben@company.example",
            "Hello\n#assign x",
        ),
    ],
)
def test_command_is_cut_from_the_text(text: str, name: str, rest: str) -> None:
    command = read_command(text)
    assert command is not None
    assert (command.name, command.rest) == (name, rest)


@pytest.mark.parametrize(
    "text", ["Hello\n#assign Ben", "#assigned Ben", "#assign", "#assign \nBen", ""]
)
def test_other_texts_hold_no_command(text: str) -> None:
    assert read_command(text) is None


def test_names_are_found_from_the_surest_way_on() -> None:
    ben = Colleague("Ben Stone", "ben@company.example")
    other = Colleague("Ben Wood", "wood@company.example")
    assert named([ben, other], "BEN@company.example") == [ben]
    assert named([ben, other], "ben  stone") == [ben]
    assert named([ben, other], "Wood") == [other]
    assert named([ben, other], "Ben") == [ben, other]
    assert named([ben, other], "Be") == []


@pytest.fixture
def ticket(cleo: Customer, technical: Department, settings) -> Ticket:
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    return make_ticket(cleo, technical)


@pytest.fixture
def nina(technical: Department) -> User:
    return make_user("Nina", "agent", technical)


def answer(ticket: Ticket, user: User, text: str, **headers: str) -> InboundMail:
    address = identity.reply_address(ticket, home="tech@company.example", recipient=user.email)
    headers.setdefault("Authentication_Results", PROVED)
    raw = letter(text, From=f"{user.name} <{user.email}>", **headers)
    mail = receive(raw, recipient=address)
    ticket.refresh_from_db()
    return mail


def notes(ticket: Ticket) -> list[str]:
    return [row.text.strip() for row in ticket.messages.filter(kind=Message.Kind.NOTE)]


def test_command_assigns_and_the_rest_is_the_answer(ticket, ada, nina) -> None:
    mail = answer(ticket, ada, "#assign Nina\r\n\r\nA colleague will call you.")
    assert ticket.assignee == nina
    assert (mail.message.kind, mail.message.text.strip()) == ("reply", "A colleague will call you.")
    assert "#assign" not in OutgoingMail.objects.get().text
    assert notes(ticket) == ["Ada assigned the ticket to Nina by mail."]


def test_command_alone_writes_to_nobody(ticket, ada, nina) -> None:
    mail = answer(ticket, ada, "#assign nina@company.example")
    assert ticket.assignee == nina
    assert mail.message.kind == "note"
    assert not OutgoingMail.objects.exists()


def test_unknown_name_is_told_in_a_note(ticket, ada, ben) -> None:
    answer(ticket, ada, "#assign Ben\r\n\r\nHello.")
    assert ticket.assignee == ada  # who answers takes the ticket
    assert notes(ticket) == [
        "“#assign Ben”: nobody in Technical has this name. Nothing was assigned."
    ]


def test_name_of_several_is_told_in_a_note(ticket, ada, technical) -> None:
    for name in ("Ben Stone", "Ben Wood"):
        email = f"{name.split()[1].lower()}@company.example"
        make_user(name, "agent", technical, email=email)
    answer(ticket, ada, "#assign Ben")
    assert ticket.assignee is None
    assert "may mean several people" in notes(ticket)[0]


def test_html_of_the_mail_does_not_bring_the_command_back(ticket, ada, nina) -> None:
    html = "<p>#assign Nina</p><p>We are on it.</p>"
    mail = answer(ticket, ada, html, Content_Type="text/html; charset=utf-8")
    assert ticket.assignee == nina
    assert "#assign" not in mail.message.html + mail.message.text
    assert "We are on it." in mail.message.text


def test_note_address_takes_the_command_too(ticket, ada, nina) -> None:
    address = identity.note_address(ticket, home="tech@company.example", recipient=ada.email)
    raw = letter(
        "#assign Nina\r\n\r\nShe knows the valve.",
        From=f"Ada <{ada.email}>",
        Authentication_Results=PROVED,
    )
    mail = receive(raw, recipient=address)
    ticket.refresh_from_db()
    assert (mail.message.kind, ticket.assignee) == ("note", nina)


def test_without_proof_the_command_does_nothing(ticket, ada, nina) -> None:
    mail = answer(ticket, ada, "#assign Nina", Authentication_Results="mx.evil.example; dmarc=pass")
    assert ticket.assignee is None
    assert mail.message.kind == "note"
    assert mail.message.is_unverified


def test_customer_cannot_assign(ticket, nina) -> None:
    mail = receive(letter("#assign Nina", Subject=f"[Ticket ID: {ticket.number}]"))
    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert mail.message.text.strip() == "#assign Nina"
