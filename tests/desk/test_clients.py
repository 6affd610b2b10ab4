"""Customers in the desk: list, page, changes, merge."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.models import Customer
from tests.factories import make_customer, make_ticket
from tickets.actions.time_entries import Spent, log_time
from tickets.actors import Actor

pytestmark = pytest.mark.django_db
CLIENTS = "/admin/clients"


def page(customer, part: str = "") -> str:
    return f"{CLIENTS}/client/{customer.pk}{part}"


def names(response) -> list[str]:
    return [row.name for row in response.context["clients"].rows]


def test_list_shows_customers_and_finds_by_name_company_and_address(sign_in, ada, cleo, otto):
    client = sign_in(ada)
    assert set(names(client.get(CLIENTS))) == {"Cleo", "Otto"}
    for text in ("cle", "harbour", "CLEO@harbour"):
        assert names(client.get(CLIENTS, {"q": text})) == ["Cleo"], text


def test_list_pages_by_keyset(sign_in, ada, statements):
    for number in range(60):
        make_customer(f"Customer {number}", f"c{number}@private.example")
    client = sign_in(ada)
    client.get(CLIENTS)
    with statements(6):
        first = client.get(CLIENTS)
    second = client.get(first.context["clients"].next_url)
    assert len(set(names(first)) | set(names(second))) == 60


def test_page_shows_tickets_the_agent_may_see(sign_in, ada, max_, cleo, technical, billing):
    make_ticket(cleo, technical, subject="Espresso line down")
    make_ticket(cleo, billing, subject="Charged twice")
    assert "Charged twice" not in sign_in(ada).get(page(cleo)).content.decode()
    assert "Charged twice" in sign_in(max_).get(page(cleo)).content.decode()


def test_file_sums_the_time_spent_on_tickets_the_agent_may_see(
    sign_in, ada, max_, cleo, technical, billing
):
    assert "Time spent" not in sign_in(ada).get(page(cleo)).content.decode()
    for department, minutes, is_billable in ((technical, 90, True), (billing, 30, False)):
        spent = Spent(seconds=minutes * 60, is_billable=is_billable)
        ticket, now = make_ticket(cleo, department), timezone.now()
        log_time(ticket, spent=spent, actor=Actor.of_user(max_), now=now)
    assert "1:30, 1:30 of it billable" in sign_in(ada).get(page(cleo)).content.decode()
    assert "2:00, 1:30 of it billable" in sign_in(max_).get(page(cleo)).content.decode()


def test_merge_unites_and_the_merged_page_leads_on(sign_in, max_, ada, cleo, technical):
    double = make_customer("Cleo B.", "cleo.b@private.example")
    ticket = make_ticket(double, technical)
    client = sign_in(max_)
    assert client.post(page(cleo, "/merge"), {"other": "nobody@x.example"}).status_code == 422
    assert client.post(page(cleo, "/merge"), {"other": "cleo@harbour.example"}).status_code == 422
    assert client.post(page(cleo, "/merge"), {"other": "cleo.b@private.example"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.customer == cleo
    assert client.get(page(double)).headers["Location"] == page(cleo)


def test_changes_need_the_permission(sign_in, ada, max_, cleo):
    ada.role.permissions = [name for name in ada.role.permissions if name != "customers.change"]
    ada.role.save()
    for part in ("/profile", "/merge"):
        assert sign_in(ada).get(page(cleo, part)).status_code == 403
        assert sign_in(max_).get(page(cleo, part)).status_code == 200


def test_profile_is_changed_and_bad_input_marked(sign_in, max_, cleo):
    client = sign_in(max_)
    bad = client.post(page(cleo, "/profile"), {"name": "Cleo", "time_zone": "Mars/Olympus"})
    assert bad.status_code == 422
    assert "Choose a time zone" in bad.content.decode()
    client.post(
        page(cleo, "/profile"), {"name": "Cleo Brandt", "is_vip": "on", "notes": "Prefers calls"}
    )
    cleo.refresh_from_db()
    assert (cleo.name, cleo.is_vip, cleo.notes) == ("Cleo Brandt", True, "Prefers calls")


def test_addresses_are_added_and_removed(sign_in, max_, cleo, otto):
    client = sign_in(max_)
    client.post(page(cleo, "/addresses"), {"kind": "phone", "value": "+49 30 555 0142"})
    row = cleo.addresses.get(kind="phone")
    taken = client.post(
        page(cleo, "/addresses"), {"kind": "email", "value": "otto@northlight.example"}
    )
    assert taken.status_code == 422
    client.post(page(cleo, f"/addresses/{row.pk}/removal"))
    assert not cleo.addresses.filter(kind="phone").exists()
    foreign = otto.addresses.get()
    assert client.post(page(cleo, f"/addresses/{foreign.pk}/removal")).status_code == 404


def test_new_customer_by_hand(sign_in, max_):
    client = sign_in(max_)
    client.post(
        f"{CLIENTS}/add", {"name": "Mira", "email": "Mira@private.example", "phone": "+49 30 1"}
    )
    mira = Customer.objects.get(name="Mira")
    assert mira.email == "mira@private.example"
    assert mira.addresses.filter(kind="phone").exists()
    again = client.post(f"{CLIENTS}/add", {"name": "Mira", "email": "mira@private.example"})
    assert again.status_code == 422
