"""Replies on their way to the customer, over real SMTP."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core import files, options
from mailpipe.dispatch import send_due
from mailpipe.models import MessageIdentifier, OutgoingMail
from mailpipe.queueing import queue_reply
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets.actions import reply
from tickets.actions.followers import NewFollower
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Author, Content, NewFile, Recipients
from tickets.vocabulary import departments

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
pytestmark = pytest.mark.django_db


def send_later(seconds: float = 60) -> int:
    """Send what is due in a while, so that the undo time is over."""
    moment = timezone.now() + timedelta(seconds=seconds)
    return send_due(now=lambda: moment)


def test_reply_reaches_the_customer(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical)
    message = make_reply(ticket, ada, "Press **reset**.")
    assert send_due() == 0, "the undo time is not over"
    assert send_later() == 1
    mail = sink.taken[0]
    assert mail.recipients == ["cleo@harbour.example"]
    assert mail.mail["Subject"] == f"[Ticket ID: {ticket.number}] Re: Espresso line down"
    assert mail.mail["From"] == "Technical <tech@company.example>"
    assert "Press **reset**." in mail.text
    assert "<strong>reset</strong>" in mail.html
    message.refresh_from_db()
    assert message.delivery_state == "sent"


def test_answers_come_back_to_a_signed_address(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    send_later()
    mail = sink.taken[0]
    assert f"+t{ticket.thread_token}." in mail.mail["Reply-To"]
    assert f"+b{ticket.thread_token}." in mail.sender
    assert mail.mail["Message-ID"].startswith(f"<t.{ticket.thread_token}.")
    assert f"ref:t.{ticket.thread_token}." in mail.text.splitlines()[0]


def test_reply_quotes_the_public_conversation_only(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical, text="The boiler is cold.")
    make_note(ticket, ada, "CANARY they never pay")
    make_inbound(ticket, "FORGED words", author=Author(name="Cleo", is_unverified=True))
    make_inbound(ticket, "STRANGER words", author=Author(name="Eve", is_held=True))
    make_reply(ticket, ada, "A technician comes.")
    send_later()
    whole = sink.taken[0].content.decode()
    assert "> The boiler is cold." in sink.taken[0].text
    for absent in ("CANARY", "FORGED", "STRANGER"):
        assert absent not in whole


def test_conversation_is_not_quoted_when_managers_say_so(ada, cleo, technical, sink):
    options.set_value("mailpipe.quote_history", value=False, actor=ada, now=timezone.now())
    make_reply(make_ticket(cleo, technical, text="The boiler is cold."), ada)
    send_later()
    assert "The boiler" not in sink.taken[0].text


def test_copies_are_shown_and_blind_copies_are_not(ada, cleo, technical, sink):
    recipients = Recipients(
        to=("cleo@harbour.example",), cc=("chef@harbour.example",), bcc=("spy@harbour.example",)
    )
    make_reply(make_ticket(cleo, technical), ada, recipients=recipients)
    send_later()
    mail = sink.taken[0]
    assert sorted(mail.recipients) == sorted(recipients.all())
    assert mail.mail["Cc"] == "chef@harbour.example"
    assert b"spy@" not in mail.content


def test_reply_without_chosen_recipients_goes_to_requester_and_followers(
    ada, cleo, technical, sink
):
    followers = (
        NewFollower(email="chef@harbour.example"),
        NewFollower(email="b@x.example", is_hidden=True),
    )
    ticket = make_ticket(cleo, technical, followers=followers)
    make_reply(ticket, ada, recipients=Recipients())
    row = OutgoingMail.objects.get()
    assert (row.to, row.cc, row.bcc) == (
        ["cleo@harbour.example"],
        ["chef@harbour.example"],
        ["b@x.example"],
    )


def test_references_name_the_conversation_with_the_customers_newest_last(
    ada, cleo, technical, sink
):
    ticket = make_ticket(cleo, technical)
    remember(ticket, "first@harbour.example")
    make_reply(ticket, ada)
    send_later()
    remember(ticket, "second@harbour.example")
    make_reply(ticket, ada)
    send_later(120)
    mail = sink.taken[1].mail
    ours = OutgoingMail.objects.earliest("pk").identifier
    assert mail["In-Reply-To"] == "<second@harbour.example>"
    assert mail["References"].split() == [
        "<first@harbour.example>",
        ours,
        "<second@harbour.example>",
    ]


def test_long_identifiers_travel_as_they_are(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical)
    long = f"{'x' * 150}@harbour.example"
    remember(ticket, long)
    make_reply(ticket, ada)
    send_later()
    assert f"In-Reply-To: <{long}>".encode() in sink.taken[0].content


def test_files_travel_along_and_pictures_stand_in_the_text(ada, cleo, technical, sink):
    picture = new_file(PIXEL, "pixel.png", content_id="logo@desk", is_inline=True)
    report = new_file(b"a,b\n1,2\n", "report.csv")
    content = Content(
        text="See below.", html='<p>See <img src="cid:logo@desk"></p>', files=(picture, report)
    )
    ticket = make_ticket(cleo, technical)
    answer = Answer(content=content, recipients=Recipients(to=(cleo.email,)))
    reply(ticket, answer=answer, actor=Actor.of_user(ada), now=timezone.now())
    send_later()
    mail = sink.taken[0].mail
    assert [part.get_filename() for part in mail.iter_attachments()] == ["report.csv"]
    assert 'src="cid:logo@desk"' in sink.taken[0].html
    pictures = [part for part in mail.walk() if part["Content-ID"] == "<logo@desk>"]
    assert pictures[0].get_content() == PIXEL


def test_files_beyond_the_limit_are_linked(ada, cleo, technical, sink, monkeypatch):
    monkeypatch.setattr("mailpipe.enclosures.TOTAL_LIMIT", 10)
    content = Content(text="Here.", files=(new_file(b"x" * 11, "big.log"), new_file(b"y", "s.log")))
    ticket = make_ticket(cleo, technical)
    answer = Answer(content=content, recipients=Recipients(to=(cleo.email,)))
    reply(ticket, answer=answer, actor=Actor.of_user(ada), now=timezone.now())
    send_later()
    mail = sink.taken[0]
    assert [part.get_filename() for part in mail.mail.iter_attachments()] == ["s.log"]
    assert "big.log: http" in mail.text
    assert "/attachments/" in mail.html


def test_signature_of_the_agent_else_of_the_department(ada, cleo, technical, sink):
    technical.signature = "The technical team"
    technical.save()
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    send_later()
    ada.signature = "Ada, second floor"
    ada.save()
    make_reply(ticket, ada)
    send_later(120)
    assert "-- \nThe technical team" in sink.taken[0].text
    assert "-- \nAda, second floor" in sink.taken[1].text


def test_first_words_of_staff_leave_as_well(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical, kind="reply", text="We found a recall.")
    send_later()
    mail = sink.taken[0]
    assert mail.recipients == ["cleo@harbour.example"]
    assert mail.mail["Subject"] == f"[Ticket ID: {ticket.number}] Espresso line down"


def test_customer_reads_it_in_her_language(ada, cleo, technical, sink):
    cleo.language, cleo.time_zone = "de", "Europe/Berlin"
    cleo.save()
    make_reply(make_ticket(cleo, technical), ada)
    send_later()
    assert 'lang="de"' in sink.taken[0].html


def test_single_reader_gets_a_link_of_her_own(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    both = Recipients(to=(cleo.email,), cc=("chef@harbour.example",))
    make_reply(ticket, ada, recipients=both)
    send_later()
    alone, shared = sink.taken
    assert re.search(r"/t/[\w-]{43}", alone.text)
    assert re.search(r'href="[^"]+/t/[\w-]{43}"', alone.html)
    assert "/t/" not in shared.text
    stored = "".join(OutgoingMail.objects.values_list("text", flat=True))
    assert not re.search(r"/t/[\w-]{43}", stored)


def test_department_name_beyond_ascii_is_readable(ada, cleo, technical, sink):
    technical.name = 'Büro "Nord", 注文'
    technical.save()
    make_reply(make_ticket(cleo, technical), ada)
    send_later()
    sender = sink.taken[0].mail["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (technical.name, "tech@company.example")


def test_mail_of_a_rule_says_that_no_person_wrote_it(cleo, technical, sink):
    ticket = make_ticket(cleo, technical)
    answer = Answer(content=Content(text="Closing soon."), recipients=Recipients(to=(cleo.email,)))
    reply(ticket, answer=answer, actor=Actor.system("Auto-close"), now=timezone.now())
    send_later()
    assert sink.taken[0].mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "subject",
    ["Hi\r\nBcc: evil@x.example", "[Ticket ID: 5] and [#7]", "注文\u202egnp.exe", "x" * 990],
)
def test_subjects_of_customers_break_no_header(subject, ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical, subject=subject)
    make_reply(ticket, ada)
    send_later()
    mail = sink.taken[0].mail
    assert mail["Bcc"] is None
    assert sink.taken[0].recipients == ["cleo@harbour.example"]
    assert mail["Subject"].count("[Ticket ID:") == 1
    assert "\u202e" not in mail["Subject"]


def test_reply_costs_three_statements_more(ada, cleo, technical, statements):
    ticket = make_ticket(cleo, technical)
    message = make_inbound(ticket)
    message.kind, message.recipients_to = "reply", [cleo.email]
    message.save()
    departments()
    with statements(3):
        queue_reply(message, leaves_at=timezone.now(), now=timezone.now())


def test_notes_and_held_messages_never_enter_the_outbox(ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    note = make_note(ticket, ada)
    held = make_inbound(ticket, author=Author(name="Eve", is_held=True))
    for message in (note, held):
        assert queue_reply(message, leaves_at=timezone.now(), now=timezone.now()) is None
    assert not OutgoingMail.objects.exists()


def test_row_of_a_withdrawn_message_never_leaves(ada, cleo, technical, sink):
    message = make_reply(make_ticket(cleo, technical), ada)
    message.is_held = True
    message.save()
    send_later()
    assert not sink.taken
    assert OutgoingMail.objects.get().state == "failed"


def remember(ticket, name: str) -> None:
    MessageIdentifier.objects.create(
        key=name, ticket=ticket, message=ticket.messages.earliest("pk"), created_at=timezone.now()
    )


def new_file(content: bytes, name: str, **fields: object) -> NewFile:
    kind = files.sniff(content, name)
    return NewFile(filename=name, content_type=kind, stored=files.put(content), **fields)
