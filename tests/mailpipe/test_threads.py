"""Which ticket an answer joins, and who may make it do so (X-01 to X-04, mail.md 34 to 41)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import options
from mailpipe import identity
from mailpipe.dispatch import send_due
from mailpipe.models import OutgoingMail
from tests.factories import make_customer, make_note, make_reply, make_ticket, make_user
from tests.mailpipe.letters import PASSED, letter, receive
from tickets.actions import close_ticket, delete_ticket
from tickets.actors import Actor
from tickets.models import Ticket, TicketLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def sent(ada, ticket, sink) -> OutgoingMail:
    """Our answer, as it arrived at Cleo's."""
    make_reply(ticket, ada)
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))
    return OutgoingMail.objects.get()


def test_signed_reply_address_joins(sent, ticket):
    mail = receive(recipient=sent.reply_to, Subject="no tag at all")
    assert (mail.outcome, mail.ticket) == ("reply", ticket)
    assert not mail.message.is_unverified
    assert not mail.message.is_held


def test_reply_address_may_be_shouted(sent, ticket):
    assert receive(To=sent.reply_to.upper(), recipient="").ticket == ticket


def test_our_message_id_joins_also_from_the_end_of_references(sent, ticket):
    old = "<older@harbour.example>"
    mail = receive(References=f"{old} {sent.identifier}", Subject="Re: no tag")
    assert mail.ticket == ticket


def test_forged_message_id_does_not_join(sent, ticket):
    forged = sent.identifier.replace(".", ".a", 1)
    assert receive(In_Reply_To=forged, From="Eve <eve@evil.example>").ticket != ticket


def test_identifiers_of_the_customers_own_mails_join(technical):
    first = receive(Message_ID="<one@harbour.example>")
    second = receive(In_Reply_To="<one@harbour.example>", Subject="More")
    assert second.ticket == first.ticket


def test_marker_in_the_quote_joins_the_participant(sent, ticket):
    quoted = "\r\n".join(f"> {line}" for line in sent.text.splitlines())
    mail = receive(letter(f"Works now.\r\n\r\n{quoted}", Subject="Re: something"))
    assert mail.ticket == ticket
    assert mail.message.text.strip() == "Works now."


@pytest.mark.parametrize("subject", ["[Ticket ID: {}] x", "AW: [#{}] x", "Re: [Ticket ID: {}]"])
def test_tag_in_the_subject_joins_the_participant(subject, ticket):
    mail = receive(Subject=subject.format(ticket.number))
    assert (mail.outcome, mail.ticket) == ("reply", ticket)


def test_proved_customer_is_believed_and_may_add_followers(ticket, settings):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    mail = receive(
        Subject=f"[Ticket ID: {ticket.number}]",
        Cc="chef@harbour.example",
        Authentication_Results=PASSED,
    )
    assert not mail.message.is_unverified
    assert [row.email for row in ticket.followers.all()] == ["chef@harbour.example"]


def test_results_of_other_servers_prove_nothing(ticket, settings):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    lying = PASSED.replace("mx.company", "mx.evil")
    mail = receive(Subject=f"[Ticket ID: {ticket.number}]", Authentication_Results=lying)
    assert mail.message.is_unverified


def test_reply_address_with_a_guessed_signature_does_not_join(ticket):
    address = f"tech+t{ticket.thread_token}.{'a' * 16}@company.example"
    assert receive(recipient=address, From="Eve <eve@evil.example>").ticket != ticket


def test_follower_and_sharing_colleague_join_by_tag(ticket, harbour, technical):
    subject = f"[Ticket ID: {ticket.number}]"
    ticket.followers.create(email="chef@kitchen.example")
    assert receive(Subject=subject, From="chef@kitchen.example").ticket == ticket
    make_customer("Dora", "dora@harbour.example", harbour)
    assert receive(Subject=subject, From="dora@harbour.example").ticket != ticket
    harbour.shares_tickets = True
    harbour.save()
    assert receive(Subject=subject, From="dora@harbour.example").ticket == ticket


def test_agents_address_alone_writes_a_private_unverified_note(sent, ticket, ada):
    mail = receive(recipient=sent.reply_to, From=f"Ada <{ada.email}>")
    message = mail.message
    assert (message.kind, message.is_unverified) == ("note", True)
    assert message.author_user is None
    assert OutgoingMail.objects.count() == 1


def test_proved_agent_answers_the_customer_without_the_quote(ticket, ada, settings, technical):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    address = identity.reply_address(ticket, home="tech@company.example", recipient=ada.email)
    passed = "mx.company.example; dmarc=pass header.from=company.example"
    text = "Done.\r\n\r\nOn 16 Nov 2026 09:00, Cleo <cleo@harbour.example> wrote:\r\n> secret"
    raw = letter(text, From=f"Ada <{ada.email}>", Authentication_Results=passed)
    message = receive(raw, recipient=address).message
    assert (message.kind, message.author_user, message.text.strip()) == ("reply", ada, "Done.")
    assert message.quoted_text == ""
    assert OutgoingMail.objects.get().to == ["cleo@harbour.example"]


def test_token_of_another_agent_gives_no_power(ticket, ada, settings, technical):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    bob = make_user("Bob", "agent", technical)
    address = identity.reply_address(ticket, home="tech@company.example", recipient=ada.email)
    ticket.followers.create(email=ada.email, user=ada)
    passed = "mx.company.example; dmarc=pass header.from=company.example"
    mail = receive(recipient=address, From=bob.email, Authentication_Results=passed)
    assert mail.message.kind == "note"


def test_agent_of_another_department_gets_no_power_by_mail(ticket, ben, settings):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    address = identity.reply_address(ticket, home="tech@company.example", recipient=ben.email)
    passed = "mx.company.example; dmarc=pass header.from=company.example"
    mail = receive(recipient=address, From=ben.email, Authentication_Results=passed)
    assert mail.message.kind == "note"


def test_staff_address_without_a_thread_is_a_customer_like_others(ada, technical):
    mail = receive(From=f"Ada <{ada.email}>")
    assert (mail.outcome, mail.message.kind) == ("ticket", "inbound")
    assert mail.message.is_unverified


def test_answer_reopens_and_late_answer_opens_a_linked_ticket(sent, ticket, ada):
    now = timezone.now()
    close_ticket(ticket, actor=Actor.of_user(ada), now=now)
    soon = receive(recipient=sent.reply_to, now=now + timedelta(days=1))
    ticket.refresh_from_db()
    assert (soon.outcome, ticket.is_open) == ("reply", True)
    close_ticket(ticket, actor=Actor.of_user(ada), now=now)
    days = options.value("tickets.reopen_days") + 1
    late = receive(recipient=sent.reply_to, now=now + timedelta(days=days))
    assert late.outcome == "ticket"
    assert TicketLink.objects.get(source=late.ticket).target == ticket


def test_merged_ticket_hands_over_to_its_survivor(sent, ticket, cleo, technical):
    survivor = make_ticket(cleo, technical)
    ticket.merged_into, ticket.is_open = survivor, False
    ticket.save()
    mail = receive(recipient=sent.reply_to)
    assert (mail.outcome, mail.ticket) == ("reply", survivor)


def test_answer_to_a_deleted_ticket_is_a_new_one(sent, ticket, ada):
    delete_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now())
    mail = receive(recipient=sent.reply_to)
    assert mail.outcome == "ticket"
    assert mail.ticket != ticket


def test_automatic_answer_joins_by_proof_and_wakes_nobody(sent, ticket, ada):
    close_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now())
    mail = receive(In_Reply_To=sent.identifier, Auto_Submitted="auto-replied")
    ticket.refresh_from_db()
    assert (mail.ticket, mail.message.is_automatic) == (ticket, True)
    assert not ticket.is_open
    assert ticket.waiting_since is None


def test_automatic_answer_with_only_a_tag_does_not_join(ticket):
    mail = receive(Subject=f"[Ticket ID: {ticket.number}]", Auto_Submitted="auto-replied")
    assert mail.ticket != ticket


def test_alert_opens_a_ticket_somebody_must_look_at(technical):
    ticket = receive(Auto_Submitted="auto-generated", Subject="Disk full").ticket
    assert ticket.waiting_since is not None
    assert not ticket.outgoing_mails.exists()


def test_answer_that_overtook_its_question_is_joined_later(technical):
    answer = receive(In_Reply_To="<first@harbour.example>", Subject="Re: Grinder")
    question = receive(Message_ID="<first@harbour.example>")
    assert (question.outcome, question.ticket) == ("reply", answer.ticket)


def test_answer_to_a_notes_notification_stays_internal(ticket, cleo):
    address = identity.reply_address(ticket, home="tech@company.example", recipient=cleo.email)
    internal = address.replace("+t", "+n")
    assert receive(recipient=internal).ticket != ticket, "the scope is signed as well"


def test_notes_stay_out_of_everything_a_mail_causes(sent, ticket, ada, sink):
    make_note(ticket, ada, "CANARY")
    receive(recipient=sent.reply_to)
    make_reply(ticket, ada, "Second answer.")
    send_due(now=lambda: timezone.now() + timedelta(minutes=2))
    assert not any(b"CANARY" in mail.content for mail in sink.taken)
