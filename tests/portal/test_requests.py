"""Customers' own pages: who sees which request, what the list shows, a new one, an answer."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tests.portal.conftest import page_of, words
from tickets.actions import (
    Changes,
    assign_ticket,
    change_ticket,
    close_ticket,
    mark_spam,
    merge_tickets,
    transfer_ticket,
)
from tickets.actors import Actor
from tickets.content import Recipients
from tickets.models import Message, Ticket
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status

pytestmark = pytest.mark.django_db


def sees(client: Client, ticket: Ticket) -> bool:
    """Whether list, page and pulse all know the ticket; they must agree."""
    answers = {
        client.get(page_of(ticket)).status_code == 200,
        ticket.subject in words(client.get("/clients/tickets?scope=company")),
        client.post(page_of(ticket), {}).status_code == 422,
    }
    assert len(answers) == 1
    return answers.pop()


def test_customer_sees_own_request_only(cleo, otto, sign_in):
    ticket = make_ticket(cleo)
    assert sees(sign_in(cleo), ticket)
    assert not sees(sign_in(otto), ticket)


def test_colleague_sees_it_only_while_the_organisation_shares(cleo, carl, harbour, sign_in):
    """X-14"""
    ticket, client = make_ticket(cleo), sign_in(carl)
    assert not sees(client, ticket)
    harbour.shares_tickets = True
    harbour.save()
    assert sees(client, ticket)


def test_colleagues_requests_stand_in_their_own_tab(cleo, carl, sharing, sign_in):
    make_ticket(carl, subject="Scale is off")
    assert "Scale is off" not in words(sign_in(cleo).get("/clients/tickets"))
    assert "Scale is off" in words(sign_in(cleo).get("/clients/tickets?scope=company"))


def test_company_tab_of_another_company_stays_empty(cleo, otto, sharing, sign_in):
    make_ticket(cleo)
    assert "Espresso" not in words(sign_in(otto).get("/clients/tickets?scope=company"))


@pytest.mark.parametrize(
    "path", ["clients/tickets", "clients/open_ticket", "clients/profile", "clients/company"]
)
def test_strangers_sign_in_and_staff_find_nothing(path, ada, sign_in, db):
    assert (
        Client().get(f"/{path}")["Location"]
        == f"/authentication/login?next=%2F{path.replace('/', '%2F')}"
    )
    assert sign_in(ada).get(f"/{path}").status_code == 404


def test_foreign_and_missing_requests_look_the_same(cleo, otto, sign_in):
    """X-28"""
    client, foreign = sign_in(otto), make_ticket(cleo)
    for part in ("", "/pulse"):
        theirs = client.get(page_of(foreign) + part)
        missing = client.get(f"/clients/ticket/{uuid.uuid4()}{part}")
        assert theirs.status_code == missing.status_code == 404
        assert words(theirs) == words(missing)


@pytest.mark.parametrize("part", ["/closure", "/closure/removal"])
def test_only_who_asked_says_that_it_is_solved(part, cleo, carl, otto, sharing, sign_in):
    ticket = make_ticket(cleo)
    assert sign_in(carl).post(page_of(ticket) + part).status_code == 404
    assert sign_in(otto).post(page_of(ticket) + part).status_code == 404


def test_spam_is_gone_from_the_portal(cleo, ada, sign_in):
    ticket = make_ticket(cleo)
    mark_spam(ticket, actor=Actor.of_user(ada), now=timezone.now())
    assert not sees(sign_in(cleo), ticket)


def test_account_without_proved_mailbox_sees_nothing(cleo, sign_in):
    """X-04"""
    ticket = make_ticket(cleo)
    user, cleo.user = cleo.user, None
    cleo.save()
    page = sign_in(user).get(page_of(ticket))
    assert page.status_code == 403
    assert "Confirm your address" in words(page)
    assert ticket.subject not in words(page)


def test_list_tells_who_wrote_last_in_customers_words(cleo, ada, technical, sign_in):
    ticket = make_ticket(cleo)
    assert "You wrote" in words(sign_in(cleo).get("/clients/tickets"))
    make_reply(ticket, ada)
    page = words(sign_in(cleo).get("/clients/tickets"))
    assert "We wrote" in page
    assert "We have received it" in page


def test_list_finds_by_words_and_by_number(cleo, sign_in):
    wanted = make_ticket(cleo, subject="Hopper cracked")
    make_ticket(cleo, subject="Scale is off")
    client = sign_in(cleo)
    for query in ("hopper", f"%23{wanted.number}", str(wanted.number)):
        page = words(client.get(f"/clients/tickets?q={query}"))
        assert "Hopper cracked" in page
        assert "Scale is off" not in page


def test_search_knows_nothing_of_notes(cleo, ada, sign_in):
    """X-37"""
    ticket = make_ticket(cleo)
    make_note(ticket, ada, "CANARY")
    assert ticket.subject not in words(sign_in(cleo).get("/clients/tickets?q=CANARY"))


def test_solved_requests_have_their_own_list(cleo, ada, sign_in):
    ticket = make_ticket(cleo)
    close_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now())
    assert ticket.subject not in words(sign_in(cleo).get("/clients/tickets"))
    assert ticket.subject in words(sign_in(cleo).get("/clients/tickets?state=solved"))


def test_pages_of_the_list_show_everything_once(cleo, sign_in):
    for number in range(60):
        make_ticket(cleo, subject=f"Case-{number:02}")
    client, url, seen = sign_in(cleo), "/clients/tickets", []
    while url:
        page = client.get(url)
        listing = page.context["listing"]
        seen += [line.subject for line in listing.lines]
        url = listing.next_url
    assert seen == [f"Case-{number:02}" for number in reversed(range(60))]
    back = client.get(page.context["listing"].previous_url).context["listing"]
    assert [line.subject for line in back.lines] == [f"Case-{n:02}" for n in range(34, 9, -1)]


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "before=1",
        "state=%00",
        "scope=all",
        "q=%00",
        "after=0f0e0d0c-0b0a-4908-8706-050403020100",
    ],
)
def test_nonsense_in_the_query_is_no_error(query, cleo, sign_in):
    make_ticket(cleo)
    assert sign_in(cleo).get(f"/clients/tickets?{query}").status_code == 200


@pytest.mark.parametrize("count", [3, 300])
def test_list_asks_six_times_whatever_its_length(count, cleo, technical, sign_in, statements):
    template = make_ticket(cleo)
    rows = [
        Ticket(
            **{
                f.attname: getattr(template, f.attname)
                for f in Ticket._meta.concrete_fields
                if f.attname not in ("id", "number", "public_id", "thread_token")
            },
            number=10_000 + n,
        )
        for n in range(count)
    ]
    Ticket.objects.bulk_create(rows)
    client = sign_in(cleo)
    with statements(6):
        client.get("/clients/tickets")


def test_customer_never_meets_what_is_internal(cleo, ada, max_, technical, billing, sign_in):
    """X-37: notes, held messages, departments they were moved between, priorities."""
    ticket = make_ticket(cleo)
    make_note(ticket, ada, "CANARY-NOTE")
    make_inbound(ticket, "CANARY-HELD")
    Message.objects.filter(text="CANARY-HELD").update(is_held=True)
    transfer_ticket(ticket, department=billing, actor=Actor.of_user(max_), now=timezone.now())
    client = sign_in(cleo)
    for url in (page_of(ticket), "/", "/clients/tickets", page_of(ticket) + "?before=999999999"):
        page = client.get(url).content.decode()
        assert "CANARY" not in page
        assert "Medium" not in page
        assert "Technical" not in page.partition("topics")[0]


def test_milestones_tell_who_took_it(cleo, ada, technical, sign_in):
    ticket = make_ticket(cleo)
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=timezone.now())
    assert "Ada is taking care of your request" in words(sign_in(cleo).get(page_of(ticket)))


@pytest.mark.parametrize("count", [3, 300])
def test_page_of_one_request_asks_eight_times(count, cleo, ada, sign_in, statements):
    ticket = make_ticket(cleo)
    make_reply(ticket, ada)
    first = ticket.messages.first()
    rows = [
        Message(
            ticket=ticket,
            kind="inbound",
            channel="email",
            text="x",
            html="<p>x</p>",
            sanitiser_version=first.sanitiser_version,
            created_at=timezone.now(),
        )
        for _n in range(count)
    ]
    Message.objects.bulk_create(rows)
    client = sign_in(cleo)
    client.get("/")
    with statements(8):
        assert client.get(page_of(ticket)).status_code == 200


def test_long_conversation_is_read_in_pieces(cleo, sign_in):
    ticket = make_ticket(cleo, text="The very first")
    for number in range(60):
        make_inbound(ticket, f"Word-{number}")
    client, url, seen = sign_in(cleo), page_of(ticket), []
    while url:
        page = client.get(url)
        entries = [i.entry for i in page.context["page"].conversation.items if i.entry]
        seen = [entry.body for entry in entries] + seen
        url = page.context["page"].older_url
    assert len(seen) == 61
    assert "The very first" in seen[0]


def test_pulse_is_silent_until_the_customer_has_something_to_read(cleo, ada, sign_in):
    ticket, client = make_ticket(cleo), sign_in(cleo)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    url = client.get(page_of(ticket)).context["page"].pulse_url
    make_note(ticket, ada)
    assert client.get(url).status_code == 204
    make_reply(ticket, ada, "It is in the post.")
    news = client.get(url)
    assert "It is in the post." in words(news)
    assert 'hx-swap-oob="true"' in news.content.decode()
    assert b"<!doctype" not in news.content.lower()


def test_fragment_is_the_same_alone_and_in_its_page(cleo, sign_in):
    make_ticket(cleo)
    client = sign_in(cleo)
    page = client.get("/clients/tickets").content.decode()
    part = client.get("/clients/tickets", headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype" not in part.lower()
    assert " ".join(part.split()) in " ".join(page.split())


def test_merged_request_leads_to_the_one_that_goes_on(cleo, technical, sign_in):
    ticket, into = make_ticket(cleo), make_ticket(cleo, subject="The other")
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=into, is_open=False)
    client = sign_in(cleo)
    assert client.get(page_of(ticket))["Location"] == page_of(into)
    assert ticket.subject not in words(client.get("/clients/tickets"))


def test_request_merged_into_a_foreign_one_goes_on_and_shows_nothing_of_it(cleo, otto, sign_in):
    """X-16: both sides go on as if nothing had been merged (docs/adr/0010)."""
    ticket, into = make_ticket(otto), make_ticket(cleo, subject="CANARY", text="CANARY")
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=into, is_open=False)
    client = sign_in(otto)
    page = client.get(page_of(ticket))
    assert "We go on with this in another request." not in words(page)
    assert "CANARY" not in page.content.decode()
    client.post(page_of(ticket), {"message": "Hello?"})
    assert into.messages.get(origin=ticket).text == "Hello?"
    assert "Hello?" in words(client.get(page_of(ticket)))
    assert "Hello?" not in words(sign_in(cleo).get(page_of(into)))


def test_who_was_not_answered_is_not_told_that_it_is_their_turn(cleo, otto, ada, sign_in):
    """Two customers share a merged ticket: a reply to the one says nothing to the other."""
    ticket, into = make_ticket(otto), make_ticket(cleo)
    merge_tickets(into, others=[ticket], actor=Actor.of_user(ada), now=timezone.now())
    waiting = default_status(Kind.WAITING_CUSTOMER)
    only_otto = Recipients(to=(otto.email,))
    make_reply(into, ada, "Which colour?", recipients=only_otto)
    change_ticket(
        into, changes=Changes(status=waiting), actor=Actor.of_user(ada), now=timezone.now()
    )
    for page in ("/clients/tickets", page_of(ticket)):
        assert "Your turn" in words(sign_in(otto).get(page))
    for page in ("/clients/tickets", page_of(into)):
        assert "Your turn" not in words(sign_in(cleo).get(page))
    make_reply(into, ada, "And yours?")
    for page in ("/clients/tickets", page_of(into)):
        assert "Your turn" in words(sign_in(cleo).get(page))


def test_files_are_opened_by_those_who_see_the_message(cleo, carl, otto, ada, sign_in):
    """X-13, X-14, X-37"""
    photo = SimpleUploadedFile("crack.txt", b"see")
    ticket = make_ticket(cleo)
    sign_in(cleo).post(page_of(ticket), {"message": "Here.", "attachments": photo})
    url = f"/attachments/{ticket.attachments.get().pk}/crack.txt"
    answers = [sign_in(who).get(url).status_code for who in (cleo, carl, otto)]
    assert answers == [200, 404, 404]
    assert Client().get(url).status_code == 404
    ticket.messages.update(kind="note")
    assert sign_in(cleo).get(url).status_code == 404


def test_colleagues_are_warned_of_a_sender_nobody_verified(cleo, carl, sharing, sign_in):
    ticket = make_ticket(cleo)
    ticket.messages.update(is_unverified=True)
    assert "Sender not verified" in words(sign_in(carl).get(page_of(ticket)))
    assert "Sender not verified" not in words(sign_in(cleo).get(page_of(ticket)))
