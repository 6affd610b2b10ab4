"""The contact form of strangers: what it makes, what traps it has, what it never tells."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from core import options
from customers.models import Customer
from portal import traps
from tests.portal.conftest import words
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_stranger_gets_a_number_and_a_ticket_in_the_department(write, technical):
    answer = write()
    ticket = Ticket.objects.get()
    page = Client().get(answer["Location"])
    assert answer.status_code == 303
    assert f"We received your request #{ticket.number}" in words(page)
    assert (ticket.department, ticket.channel) == (technical, "form")
    assert (ticket.customer.name, ticket.customer.email) == ("Nora", "nora@private.example")


def test_what_a_stranger_wrote_is_unverified_and_consented(write):
    """X-04"""
    write()
    message = Ticket.objects.get().messages.get()
    assert message.is_unverified
    assert "consent" in message.authentication
    assert message.author_email == "nora@private.example"


def test_known_and_unknown_addresses_get_the_same_answer(write, cleo):
    """X-21"""
    known, unknown = write(email="cleo@harbour.example"), write(email="who@private.example")
    pages = [words(Client().get(answer["Location"])) for answer in (known, unknown)]
    assert known.status_code == unknown.status_code
    assert [page.partition("#")[0] for page in pages] == [pages[0].partition("#")[0]] * 2
    assert Customer.objects.filter(email="cleo@harbour.example").count() == 1


def test_receipt_of_a_guessed_number_is_not_found(write):
    write()
    assert Client().get(f"/forms/ticket/receipt/{Ticket.objects.get().number}").status_code == 404


def test_address_is_compared_in_its_one_form(write, cleo):
    write(email="  Cleo@HARBOUR.example ")
    assert Ticket.objects.get().customer == cleo


def test_nobody_writes_as_one_of_us(write, technical):
    """X-04"""
    page = write(email="boss@company.example")
    assert page.status_code == 422
    assert "not one of ours" in words(page)


@pytest.mark.parametrize("missing", ["name", "email", "subject", "message", "consent"])
def test_each_field_is_needed_and_the_rest_is_kept(missing, write, contact_facts):
    page = write(**{missing: ""})
    assert page.status_code == 422
    assert page.content.count(b'aria-invalid="true"') == 1
    kept = [contact_facts[name] for name in ("subject", "message") if name != missing]
    assert all(text in page.content.decode() for text in kept)
    assert not Ticket.objects.exists()


def test_who_fills_the_hidden_field_is_asked_once_more(write, contact_facts):
    page = write(website="https://spam.example")
    assert page.status_code == 422
    assert contact_facts["message"] in page.content.decode()
    assert "spam.example" not in page.content.decode()
    assert not Ticket.objects.exists()


def test_form_faster_than_typing_is_asked_once_more_and_then_accepted(write):
    shown_at = traps.stamp(now=timezone.now())
    assert write(shown_at=shown_at).status_code == 422
    assert write(shown_at=traps.stamp(now=timezone.now() - timedelta(seconds=4))).status_code == 303


@pytest.mark.parametrize("stamp", ["", "forged", "1:x:y"])
def test_form_without_our_stamp_gets_a_fresh_one(stamp, write):
    page = write(shown_at=stamp)
    assert page.status_code == 422
    fresh = page.context["form"]["shown_at"].value()
    assert traps.is_genuine(fresh, now=timezone.now())


def test_form_of_the_day_before_is_asked_once_more(write):
    old = traps.stamp(now=timezone.now() - timedelta(hours=25))
    assert write(shown_at=old).status_code == 422


def test_one_network_writes_so_often_and_no_more(write):
    """X-05"""
    options.set_value("portal.form_per_network", 3, actor=None, now=timezone.now())
    answers = [write(email=f"n{number}@private.example") for number in range(5)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429]
    assert "Please wait a while" in words(answers[-1])
    assert "It screams since Monday." in answers[-1].content.decode()
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_hundred_forms_with_a_victims_address_make_five_tickets(write):
    """X-05"""
    options.set_value("portal.form_per_network", 10_000, actor=None, now=timezone.now())
    answers = [write().status_code for _time in range(20)]
    assert answers == [303] * 5 + [429] * 15
    assert Ticket.objects.count() == 5


def test_refused_for_htmx_says_so_without_touching_the_form(write):
    options.set_value("portal.form_per_email", 1, actor=None, now=timezone.now())
    client = Client(headers={"HX-Request": "true"})
    assert write(client)["HX-Redirect"].startswith("/forms/ticket/receipt/")
    answer = write(client)
    assert answer.status_code == 429
    assert "hd:flash" in answer["HX-Trigger"]


def test_extra_fields_change_nothing(write, billing, cleo):
    """X-18"""
    write(customer=cleo.pk, status="6", priority="1", is_unverified="", channel="email", assignee=1)
    ticket = Ticket.objects.get()
    assert (ticket.customer.email, ticket.channel) == ("nora@private.example", "form")
    assert (ticket.status_kind, ticket.assignee) == ("new", None)


def test_topic_of_the_first_page_is_chosen_already(technical):
    page = Client().get("/forms/ticket?topic=billing")
    chosen = page.context["form"]["topic"].value()
    assert "Billing" in words(page)
    assert str(chosen) == page.context["form"].initial["topic"] != ""


@pytest.mark.parametrize(
    "query", ["topic=no", "department=no", "topic=%00", "subject=" + "x" * 999]
)
def test_nonsense_presets_are_no_error(query, technical):
    assert Client().get(f"/forms/ticket?{query}").status_code == 200


def test_customer_with_an_account_need_not_say_who_they_are(cleo, technical, sign_in):
    answer = sign_in(cleo).get("/forms/ticket?topic=billing")
    assert answer["Location"] == "/clients/open_ticket?topic=billing"


def test_form_can_be_for_accounts_only(write, technical):
    options.set_value("portal.form_enabled", value=False, actor=None, now=timezone.now())
    assert Client().get("/forms/ticket")["Location"].startswith("/authentication/login")
    assert write()["Location"].startswith("/authentication/login")
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "path", ["/", "/forms/ticket", "/clients/tickets", "/clients/open_ticket", "/t/" + "x" * 43]
)
def test_closed_portal_says_so_and_where_to_write(path, technical):
    """R54"""
    options.set_value("portal.enabled", value=False, actor=None, now=timezone.now())
    page = Client().get(path)
    assert page.status_code == 404
    assert "The portal is closed" in words(page)
    assert "tech@company.example" in words(page)


def test_closed_portal_takes_no_forms(write):
    options.set_value("portal.enabled", value=False, actor=None, now=timezone.now())
    assert write().status_code == 404
    assert not Ticket.objects.exists()


def test_eleven_files_are_refused_by_number(write):
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
    page = write(attachments=files)
    assert page.status_code == 422
    assert "You chose 11 files; at most 10" in words(page)


def test_files_of_a_stranger_arrive_under_clean_names(write):
    evil = SimpleUploadedFile("..\\..\\invoice\u202efdp.html", b"<script>alert(1)</script>")
    write(attachments=[evil])
    row = Ticket.objects.get().attachments.get()
    assert "/" not in row.filename
    assert "\u202e" not in row.filename
    assert row.content_type == "application/octet-stream"


def test_foreign_post_without_token_is_refused(contact_facts):
    """X-25"""
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/forms/ticket", contact_facts).status_code == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_form_sent_ten_times_at_once_makes_one_ticket(contact_facts):
    """D-20"""

    def post(_time: int) -> tuple[int, str]:
        try:
            answer = Client().post("/forms/ticket", contact_facts)
            return answer.status_code, answer["Location"]
        finally:
            connections.close_all()

    contact_facts["idempotency_key"] = str(uuid.uuid4())
    with ThreadPoolExecutor(5) as pool:
        answers = set(pool.map(post, range(10)))
    assert len(answers) == 1
    assert Ticket.objects.count() == 1
