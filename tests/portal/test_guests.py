"""Guest links: one ticket, one mailbox, reading and answering, an end, and a new one by mail (X-20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from core import files
from portal import limits
from tests.factories import make_customer, make_inbound, make_note, make_reply, make_ticket
from tests.portal.conftest import words
from tickets.actions import add_followers, change_ticket, close_ticket, mark_spam
from tickets.actions.changes import Changes
from tickets.actions.followers import NewFollower
from tickets.actions.guests import guest_url
from tickets.actors import Actor
from tickets.content import Content, NewFile
from tickets.models import GuestLink, Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture(autouse=True)
def letters(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def link_of(
    ticket: Ticket, email: str = "cleo@harbour.example", now: datetime | None = None
) -> str:
    return urlsplit(guest_url(ticket, email=email, now=now or timezone.now())).path


def closed(ticket: Ticket, user, days_ago: int) -> Ticket:
    at = timezone.now() - timedelta(days=days_ago)
    return close_ticket(ticket, actor=Actor.of_user(user), now=at)


def test_link_opens_its_ticket_without_an_account(ticket, ada):
    make_reply(ticket, ada, "It is in the post.")
    page = Client().get(link_of(ticket))
    assert page.status_code == 200
    assert "It is in the post." in words(page)
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]


def test_only_a_digest_is_kept(ticket):
    token = link_of(ticket).removeprefix("/t/")
    assert token not in str(GuestLink.objects.values().get())


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-1],
        lambda t: t + "A",
        lambda t: t.upper(),
        lambda t: "%00" * 43,
        lambda t: t.swapcase(),
    ],
)
def test_other_tokens_look_like_missing_pages(change, ticket):
    token = link_of(ticket).removeprefix("/t/")
    page = Client().get(f"/t/{change(token)}")
    assert page.status_code == 404
    assert words(page) == words(Client().get("/no-such-page"))


def test_link_is_only_given_to_an_address_of_the_ticket(ticket, otto):
    now = timezone.now()
    assert guest_url(ticket, email="otto@northlight.example", now=now) == ""
    assert guest_url(ticket, email="", now=now) == ""


def test_follower_reads_and_answers_under_their_own_name(ticket, ada):
    new = [NewFollower(email="nora@private.example", name="Nora")]
    add_followers(ticket, followers=new, actor=Actor.of_user(ada), now=timezone.now())
    client, path = Client(), link_of(ticket, "nora@private.example")
    assert client.post(path, {"message": "Me too."})["Location"] == path
    message = ticket.messages.last()
    ticket.refresh_from_db()
    assert message.author_email == "nora@private.example"
    assert ticket.customer.email == "cleo@harbour.example"


def test_link_dies_when_the_address_leaves_the_ticket(ticket, otto, ada):
    path = link_of(ticket)
    change_ticket(
        ticket, changes=Changes(customer=otto), actor=Actor.of_user(ada), now=timezone.now()
    )
    assert Client().get(path).status_code == 404


def test_link_of_spam_or_of_a_deleted_ticket_is_gone(ticket, ada):
    path = link_of(ticket)
    mark_spam(ticket, actor=Actor.of_user(ada), now=timezone.now())
    assert Client().get(path).status_code == 404


def test_answer_by_link_arrives_verified_from_the_mailbox(ticket, cleo):
    photo = SimpleUploadedFile("crack.txt", b"see")
    answer = Client().post(path := link_of(ticket), {"message": "Here.", "attachments": photo})
    message = ticket.messages.last()
    assert (answer.status_code, answer["Location"]) == (303, path)
    assert (message.author_customer, message.is_unverified) == (cleo, False)
    assert message.attachments.get().filename == "crack.txt"


@pytest.mark.parametrize("part", ["", "/closure", "/closure/removal", "/pulse"])
def test_guest_reaches_nothing_else(part, ticket):
    client, path = Client(), link_of(ticket)
    client.get(path)
    answer = client.post(f"/clients/ticket/{ticket.public_id}{part}", {"message": "x"})
    assert answer.status_code in (302, 405)
    assert client.post(f"{path}{part}/closure").status_code == 404
    ticket.refresh_from_db()
    assert (ticket.status_kind, ticket.message_count) == ("new", 1)


def test_guest_page_has_no_buttons_that_guests_may_not_press(ticket):
    page = words(Client().get(link_of(ticket)))
    assert "My problem is solved" not in page
    assert "My requests" not in page


def test_guest_never_meets_notes_or_held_messages(ticket, ada):
    """X-37"""
    make_note(ticket, ada, "CANARY-NOTE")
    make_inbound(ticket, "CANARY-HELD")
    Message.objects.filter(text="CANARY-HELD").update(is_held=True)
    assert "CANARY" not in Client().get(link_of(ticket)).content.decode()


def test_files_open_by_a_signed_address_for_a_day(ticket):
    stored = files.put(b"%PDF-1.4 invoice")
    content = Content(
        text="See.",
        files=(NewFile(filename="a.pdf", content_type="application/pdf", stored=stored),),
    )
    make_inbound(ticket, content=content)
    row = ticket.attachments.get()
    page = Client().get(link_of(ticket))
    url = page.context["page"].conversation.items[-1].entry.files[0].url
    assert Client().get(url).status_code == 200
    assert Client().get(url.partition("?")[0]).status_code == 404
    with freeze_time(timezone.now() + timedelta(hours=25)):
        assert Client().get(url).status_code == 404
    assert str(row.pk) in url


def test_pictures_in_the_text_open_for_guests_too(ticket):
    stored = files.put(b"\x89PNG\r\n\x1a\n0000")
    new = NewFile(filename="p.png", content_type="image/png", stored=stored, content_id="one@x")
    content = Content(text="Look", html='<p>Look <img src="cid:one@x"></p>', files=(new,))
    make_inbound(ticket, content=content)
    body = Client().get(link_of(ticket)).context["page"].conversation.items[-1].entry.body
    assert "?s=" in body
    assert Client().get(body.partition('src="')[2].partition('"')[0]).status_code == 200


def test_link_lives_thirty_days_after_the_end_and_then_offers_a_new_one(ticket, ada):
    old = timezone.now() - timedelta(days=60)
    path = link_of(ticket, now=old)
    closed(ticket, ada, days_ago=29)
    assert Client().get(path).status_code == 200
    Ticket.objects.update(closed_at=timezone.now() - timedelta(days=31))
    page = Client().get(path)
    assert page.status_code == 410
    assert "Send me a new link" in words(page)
    assert ticket.subject not in words(page)
    assert Client().post(path, {"message": "x"}).status_code == 410


def test_new_link_goes_to_the_mailbox_and_to_nobody_else(ticket, ada):
    path = link_of(ticket, now=timezone.now() - timedelta(days=60))
    closed(ticket, ada, days_ago=31)
    answer = Client().post(f"{path}/renewal", {"email": "evil@x.example"})
    [letter] = mail.outbox
    assert answer["Location"] == path
    assert letter.recipients() == ["cleo@harbour.example"]
    assert ticket.subject not in letter.subject + letter.body
    fresh = urlsplit(next(line for line in letter.body.splitlines() if "/t/" in line)).path
    assert Client().get(fresh).status_code == 200
    assert Client().get(path).status_code == 410


def test_new_links_are_mailed_three_times_an_hour(ticket):
    path = link_of(ticket)
    answers = {Client().post(f"{path}/renewal").status_code for _time in range(6)}
    assert answers == {303}
    assert len(mail.outbox) == 3


def test_reading_changes_nothing(ticket):
    """X-25: mail scanners open every link."""
    before = Ticket.objects.values().get()
    Client().get(link_of(ticket))
    assert Ticket.objects.values().get() == before


def test_answers_by_one_link_are_limited(ticket, monkeypatch):
    monkeypatch.setattr(limits, "ANSWERS_BY_LINK", 2)
    path = link_of(ticket)
    answers = [Client().post(path, {"message": f"Word {n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Word 2" in answers[-1].content.decode()


def test_answer_long_after_the_end_opens_a_new_request_with_its_own_link(ticket, ada):
    path = link_of(ticket)
    closed(ticket, ada, days_ago=20)
    answer = Client().post(path, {"message": "Again."})
    fresh = Ticket.objects.latest("pk")
    assert fresh.pk != ticket.pk
    page = Client().get(answer["Location"])
    assert "Again." in words(page)
    assert answer["Location"] != path


def test_link_of_one_ticket_says_nothing_of_another(cleo, ticket):
    other = make_ticket(make_customer("Nora"), subject="Secret")
    client = Client()
    client.get(link_of(ticket))
    assert client.get(f"/clients/ticket/{other.public_id}").status_code == 302
    assert "Secret" not in words(client.get(link_of(ticket)))
