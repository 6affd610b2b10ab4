"""What mail servers do to us, and what becomes of the mail: retries, refusals, crashes, doubles."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from core.outbox import NotRedrivable
from mailpipe import dispatch
from mailpipe.actions import AlreadyLeft, discard, send_again, send_once_more, undo_reply
from mailpipe.dispatch import claim_next, send_due
from mailpipe.models import OutgoingMail
from tests.factories import make_reply, make_ticket
from tests.mailpipe.sink import free_port
from tickets.actors import Actor
from tickets.content import Recipients
from tickets.models import Attachment, Event, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Callable[[float], int]:
    """Run the sender so many minutes from now."""
    start = timezone.now()

    def run(minutes: float) -> int:
        cache.clear()
        return send_due(now=lambda: start + timedelta(minutes=minutes))

    return run


@pytest.fixture
def message(ada, cleo, technical) -> Message:
    return make_reply(make_ticket(cleo, technical), ada)


def row_of(message: Message) -> OutgoingMail:
    message.refresh_from_db()
    return OutgoingMail.objects.get(message=message)


def test_temporary_refusal_is_tried_again_after_a_minute(message, sink, at):
    sink.answers.extend(["451 later", "451 later"])
    at(1)
    assert row_of(message).state == "pending"
    assert (message.delivery_state, message.delivery_detail) == ("queued", "451 later")
    assert at(1.5) == 0
    at(3)
    at(12)
    assert row_of(message).state == "sent"
    assert message.delivery_state == "sent"
    assert len(sink.taken) == 1


def test_permanent_refusal_fails_at_once_and_shows_in_the_ticket(message, sink, at):
    sink.refused["cleo@harbour.example"] = "550 5.1.1 no such user"
    at(1)
    row = row_of(message)
    assert row.state == "failed"
    assert message.delivery_state == "failed"
    assert "550 5.1.1 no such user" in message.delivery_detail
    assert Event.objects.filter(kind="delivery_failed", message=message).count() == 1
    assert at(100) == 0


def test_each_recipient_has_a_result_of_its_own(ada, cleo, technical, sink, at):
    recipients = Recipients(
        to=("cleo@harbour.example",), cc=("gone@harbour.example", "full@harbour.example")
    )
    message = make_reply(make_ticket(cleo, technical), ada, recipients=recipients)
    sink.refused |= {"gone@harbour.example": "550 gone", "full@harbour.example": "452 full"}
    at(1)
    assert row_of(message).outstanding() == ["full@harbour.example"]
    del sink.refused["full@harbour.example"]
    at(3)
    assert [mail.recipients for mail in sink.taken] == [
        ["cleo@harbour.example"],
        ["full@harbour.example"],
    ]
    row = row_of(message)
    assert (row.state, message.delivery_state) == ("sent", "failed")
    assert "gone@harbour.example: 550 gone" in message.delivery_detail


def test_connection_dropped_after_data_doubles_under_the_same_message_id(message, sink, at):
    sink.answers.append("drop")
    at(1)
    at(3)
    assert len(sink.taken) == 2
    assert sink.taken[0].mail["Message-ID"] == sink.taken[1].mail["Message-ID"]
    assert row_of(message).state == "sent"


def test_second_try_sends_the_very_same_words(message, sink, at):
    sink.answers.append("drop")
    at(1)
    message.text, message.html = "changed", "<p>changed</p>"
    message.save()
    at(3)
    assert sink.taken[0].text == sink.taken[1].text


def test_broken_connection_is_renewed_for_the_next_mail(ada, cleo, technical, sink, at):
    for _number in range(3):
        make_reply(make_ticket(cleo, technical), ada)
    sink.answers.append("drop")
    assert at(1) == 3
    assert len(sink.taken) == 3


def test_away_server_costs_no_try(message, settings, at):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": free_port()}
    assert at(1) == 0
    row = row_of(message)
    assert (row.state, row.attempts) == ("pending", 0)
    assert "refused" in row.last_error.lower()


def test_away_server_is_left_alone_for_a_while(message, settings, monkeypatch):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": free_port()}
    moment = timezone.now() + timedelta(minutes=1)
    send_due(now=lambda: moment)
    monkeypatch.setattr(dispatch, "open_session", lambda _smtp: pytest.fail("asked again"))
    assert send_due(now=lambda: moment) == 0


def test_after_five_days_a_mail_is_given_up(message, settings, at):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": free_port()}
    at(6 * 24 * 60)
    assert row_of(message).state == "failed"
    assert message.delivery_state == "failed"


def test_hanging_server_is_given_up_in_time(message, sink, at, monkeypatch):
    monkeypatch.setattr("mailpipe.gateway.ANSWER_SECONDS", 0.5)
    sink.answers.append("hang")
    at(1)
    row = row_of(message)
    assert row.state == "pending"
    assert "timed out" in row.last_error


def test_answers_of_one_ticket_leave_in_order(ada, cleo, technical, sink, at):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada, "First.")
    make_reply(ticket, ada, "Second.")
    sink.answers.append("451 later")
    at(1)
    assert not sink.taken
    at(4)
    assert ["First." in mail.text for mail in sink.taken[:1]] == [True]
    assert [mail.text.splitlines()[2] for mail in sink.taken] == ["First.", "Second."]


def test_without_mail_server_mail_is_kept_and_readable(message, settings, at):
    settings.SMTP = None
    at(1)
    row = row_of(message)
    assert (row.state, message.delivery_state) == ("kept", "kept")
    assert "On our way." in row.text


def test_crashed_sender_leaves_the_mail_to_the_next_one(message, sink, at):
    moment = timezone.now() + timedelta(minutes=1)
    assert claim_next(now=moment) is not None
    assert claim_next(now=moment) is None
    at(3)
    assert row_of(message).crashes == 1
    assert len(sink.taken) == 1


def test_mail_that_kills_senders_is_set_aside(message, sink, at):
    moment = timezone.now() + timedelta(minutes=1)
    for step in range(9):
        claim_next(now=moment + timedelta(minutes=2 * step))
    assert at(60) == 0
    assert row_of(message).state == "dead"
    assert message.delivery_state == "failed"


def test_undo_takes_the_reply_back_before_it_leaves(message, ada, sink, at):
    undo_reply(message, actor=Actor.of_user(ada), now=timezone.now())
    at(1)
    assert not sink.taken
    assert row_of(message).state == "cancelled"
    assert message.delivery_state == "withdrawn"


def test_undo_comes_too_late_once_the_sender_has_it(message, ada, sink):
    claim_next(now=timezone.now() + timedelta(minutes=1))
    with pytest.raises(AlreadyLeft):
        undo_reply(message, actor=Actor.of_user(ada), now=timezone.now())


def test_send_again_reaches_only_those_it_missed(ada, cleo, technical, sink, at):
    recipients = Recipients(to=("cleo@harbour.example", "gone@harbour.example"))
    message = make_reply(make_ticket(cleo, technical), ada, recipients=recipients)
    sink.refused["gone@harbour.example"] = "550 gone"
    at(1)
    sink.refused.clear()
    send_again(row_of(message), actor=Actor.of_user(ada), now=timezone.now())
    at(2)
    assert [mail.recipients for mail in sink.taken] == [
        ["cleo@harbour.example"],
        ["gone@harbour.example"],
    ]
    row_of(message)
    assert message.delivery_state == "sent"


def test_sent_mail_is_not_sent_again(message, ada, sink, at):
    at(1)
    with pytest.raises(NotRedrivable):
        send_again(row_of(message), actor=Actor.of_user(ada), now=timezone.now())


def once_more(message: Message, user) -> OutgoingMail:
    return send_once_more(row_of(message), actor=Actor.of_user(user), now=timezone.now())


def test_what_was_sent_leaves_once_more_as_a_mail_of_its_own(message, ada, sink, at):
    at(1)
    once_more(message, ada)
    with pytest.raises(NotRedrivable):
        once_more(message, ada)
    at(2)
    first, second = sink.taken
    assert first.mail["Message-ID"] != second.mail["Message-ID"]
    for name in ("To", "Subject", "In-Reply-To", "References"):
        assert first.mail[name] == second.mail[name]
    bodies = {re.sub(r"/t/\S+", "/t/link", mail.text) for mail in (first, second)}
    assert len(bodies) == 1
    assert "/t/personal-link" not in second.text
    row_of(message)
    assert message.delivery_state == "sent"
    assert message.ticket.events.get(kind="sent_again").actor_user == ada


def test_what_leaves_once_more_can_be_taken_back_no_more(message, ada, sink, at):
    at(1)
    once_more(message, ada)
    with pytest.raises(AlreadyLeft):
        undo_reply(message, actor=Actor.of_user(ada), now=timezone.now())


def test_what_did_not_reach_everybody_is_not_sent_to_all_again(message, ada, sink, at):
    sink.answers.append("550 no")
    at(1)
    with pytest.raises(NotRedrivable):
        once_more(message, ada)


def test_withdrawn_mail_is_not_sent_again(message, ada, sink):
    undo_reply(message, actor=Actor.of_user(ada), now=timezone.now())
    with pytest.raises(NotRedrivable):
        send_again(row_of(message), actor=Actor.of_user(ada), now=timezone.now())


def test_discarded_mail_never_leaves(message, ada, sink, at):
    discard(row_of(message), actor=Actor.of_user(ada), now=timezone.now())
    at(1)
    assert not sink.taken
    with pytest.raises(AlreadyLeft):
        discard(row_of(message), actor=Actor.of_user(ada), now=timezone.now())


def test_address_beyond_ascii_needs_a_server_that_knows_them(ada, cleo, technical, sink, at):
    recipients = Recipients(to=("jürgen@harbour.example",))
    message = make_reply(make_ticket(cleo, technical), ada, recipients=recipients)
    at(1)
    assert sink.taken[0].recipients == ["jürgen@harbour.example"]
    assert row_of(message).state == "sent"


def test_impossible_address_fails_visibly_and_holds_up_nobody(ada, cleo, technical, sink, at):
    recipients = Recipients(to=("cleo@harbour.example\r\nBcc: evil@x.example",))
    bad = make_reply(make_ticket(cleo, technical), ada, recipients=recipients)
    good = make_reply(make_ticket(cleo, technical), ada)
    at(1)
    assert row_of(bad).state == "failed"
    assert row_of(good).state == "sent"
    assert "UnsafeAddress" in bad.delivery_detail


def test_missing_file_fails_visibly(ada, cleo, technical, sink, at, message):
    Attachment.objects.create(
        ticket=message.ticket,
        message=message,
        sha256="0" * 64,
        size=3,
        filename="gone.txt",
        content_type="text/plain",
        created_at=timezone.now(),
    )
    at(1)
    assert row_of(message).state == "failed"
    assert "FileMissing" in message.delivery_detail


def test_address_that_does_not_exist_is_flagged(message, cleo, sink, at):
    sink.refused["cleo@harbour.example"] = "550 5.1.1 no such user"
    at(1)
    assert cleo.addresses.get(kind="email").undeliverable_at is not None


def test_refusal_for_other_reasons_flags_nobody(message, cleo, sink, at):
    sink.refused["cleo@harbour.example"] = "550 5.7.1 spam"
    at(1)
    assert cleo.addresses.get(kind="email").undeliverable_at is None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_senders_at_once_send_each_mail_once(ada, cleo, technical, sink):
    for number in range(12):
        make_reply(make_ticket(cleo, technical, subject=f"Number {number}"), ada)
    later = timezone.now() + timedelta(minutes=1)

    def work() -> None:
        send_due(now=lambda: later)
        connection.close()

    workers = [Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    names = [mail.mail["Message-ID"] for mail in sink.taken]
    assert len(names) == len(set(names)) == 12
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}
