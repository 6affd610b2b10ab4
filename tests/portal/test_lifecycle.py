"""Solved and opened again by the customer; double submits; the first page, profile, company."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core import options
from tests.factories import make_customer, make_ticket, make_user
from tests.portal.conftest import page_of, words
from tickets.actions import close_ticket
from tickets.actors import Actor
from tickets.models import Event, Service, Ticket
from tickets.vocabulary import forget_vocabulary

pytestmark = pytest.mark.django_db


def test_customer_closes_and_the_history_knows_who(cleo, sign_in):
    """R25"""
    ticket, client = make_ticket(cleo), sign_in(cleo)
    answer = client.post(page_of(ticket) + "/closure")
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.status_kind) == (303, "closed")
    assert ticket.events.get(kind=Event.Kind.CLOSED).actor_customer_id == cleo.pk
    assert "You told us that your problem is solved" in words(client.get(page_of(ticket)))


def test_customer_opens_again_within_the_window(cleo, ada, sign_in):
    ticket, client = make_ticket(cleo), sign_in(cleo)
    close_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now() - timedelta(days=13))
    assert "It is not solved" in words(client.get(page_of(ticket)))
    client.post(page_of(ticket) + "/closure/removal")
    ticket.refresh_from_db()
    assert (ticket.status_kind, ticket.reopened_count) == ("open", 1)
    assert ticket.waiting_since is not None


def test_after_the_window_it_stays_closed_and_the_page_says_what_to_do(cleo, ada, sign_in):
    ticket, client = make_ticket(cleo), sign_in(cleo)
    close_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now() - timedelta(days=15))
    assert "It is not solved" not in words(client.get(page_of(ticket)))
    answer = client.post(page_of(ticket) + "/closure/removal")
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.status_kind) == (409, "closed")
    assert "Write below to open a new one" in words(answer)


def test_window_is_what_managers_say(cleo, ada, sign_in):
    options.set_value("tickets.reopen_days", 30, actor=None, now=timezone.now())
    ticket = make_ticket(cleo)
    close_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now() - timedelta(days=15))
    assert sign_in(cleo).post(page_of(ticket) + "/closure/removal").status_code == 303


@pytest.mark.parametrize("part", ["/closure", "/closure/removal"])
def test_solving_and_reopening_are_posts(part, cleo, sign_in):
    assert sign_in(cleo).get(page_of(make_ticket(cleo)) + part).status_code == 405


def test_same_answer_sent_twice_is_one_message(cleo, sign_in):
    """D-20"""
    ticket, client = make_ticket(cleo), sign_in(cleo)
    facts = {"message": "Once.", "idempotency_key": str(uuid.uuid4())}
    answers = [client.post(page_of(ticket), facts) for _time in range(2)]
    assert {answer["Location"] for answer in answers} == {page_of(ticket)}
    assert ticket.messages.filter(text="Once.").count() == 1


def test_same_request_sent_twice_is_one_ticket(cleo, technical, sign_in):
    client = sign_in(cleo)
    facts = {
        "department": technical.pk,
        "subject": "Crack",
        "message": "Look.",
        "idempotency_key": str(uuid.uuid4()),
    }
    answers = [client.post("/clients/open_ticket", facts) for _time in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Ticket.objects.count() == 1


def test_refused_form_may_be_mended_and_sent_with_its_key(cleo, technical, sign_in):
    client, key = sign_in(cleo), str(uuid.uuid4())
    facts = {"department": technical.pk, "subject": "", "message": "x", "idempotency_key": key}
    assert client.post("/clients/open_ticket", facts).status_code == 422
    assert client.post("/clients/open_ticket", facts | {"subject": "Crack"}).status_code == 303


def test_first_page_greets_strangers_and_leads_to_the_form(technical):
    page = words(Client().get("/"))
    assert "How can we help?" in page
    assert "Sign in to see your requests" in page
    assert "Billing" in page


def test_first_page_shows_customers_their_open_requests(cleo, ada, sign_in):
    for number in range(4):
        make_ticket(cleo, subject=f"Case {number}")
    page = words(sign_in(cleo).get("/"))
    assert "How can we help, Cleo?" in page
    assert [f"Case {n}" in page for n in range(4)] == [False, True, True, True]


def test_first_page_leads_staff_to_the_form_of_everybody(ada, sign_in):
    page = sign_in(ada).get("/").content.decode()
    assert "/forms/ticket" in page
    assert "/clients/" not in page


def test_company_without_shown_services_shows_its_departments(technical, billing):
    Service.objects.update(is_portal_visible=False)
    forget_vocabulary()
    assert "Technical" in words(Client().get("/"))


def test_profile_is_saved_and_nothing_else(cleo, sign_in):
    """X-18"""
    facts = {"name": "Cleo B.", "language": "de", "time_zone": "Europe/Berlin", "theme": "dark"}
    sign_in(cleo).post("/clients/profile", facts | {"email": "x@y.example", "is_superuser": "1"})
    cleo.user.refresh_from_db()
    assert (cleo.user.name, cleo.user.language, cleo.user.theme) == ("Cleo B.", "de", "dark")
    assert (cleo.user.email, cleo.user.is_superuser) == ("cleo@harbour.example", False)


def test_bad_zone_is_marked(cleo, sign_in):
    facts = {"name": "Cleo", "language": "", "time_zone": "Mars/Base", "theme": "dark"}
    page = sign_in(cleo).post("/clients/profile", facts)
    assert page.status_code == 422
    assert page.content.count(b'aria-invalid="true"') == 1


def test_company_page_lists_colleagues_and_says_what_they_see(cleo, carl, otto, harbour, sign_in):
    page = words(sign_in(cleo).get("/clients/company"))
    assert "Carl" in page
    assert "Otto" not in page
    assert "Everybody sees only their own requests." in page
    harbour.shares_tickets = True
    harbour.save()
    assert "see each other's requests" in words(sign_in(cleo).get("/clients/company")).replace(
        "&#x27;", "'"
    )


def test_customer_of_no_company_is_told_so(sign_in, db):
    user = make_user("Nora", "customer", email="nora@private.example")
    nora = make_customer("Nora", "nora@private.example", user=user)
    assert "You belong to no company here" in words(sign_in(nora).get("/clients/company"))


def test_managers_change_the_portal_on_its_page(max_, ada, sign_in):
    assert sign_in(ada).get("/admin/portal").status_code == 403
    page = sign_in(max_).get("/admin/portal")
    assert "Contact form without an account" in words(page)


def test_only_people_with_an_account_are_listed_as_colleagues(cleo, harbour, sign_in):
    """Anybody can write from a made-up address of the company's domain."""
    make_customer("Mallory", "mallory@harbour.example", harbour)
    assert "Mallory" not in words(sign_in(cleo).get("/clients/company"))


@pytest.mark.parametrize(
    ("url", "is_shown"), [("https://x.example/privacy", True), ("javascript:alert(1)", False)]
)
def test_foot_links_lead_to_the_web_only(url, is_shown, technical):
    """X-33"""
    options.set_value("portal.privacy_url", url, actor=None, now=timezone.now())
    for path in ("/", "/forms/ticket"):
        assert (url in Client().get(path).content.decode()) is is_shown
