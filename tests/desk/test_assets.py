"""Assets and claims on the ticket page and on pages of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.cards.assets import assets_of_ticket
from tests.customers.test_assets import make_asset
from tests.factories import make_ticket
from tests.tickets.test_claims import claim_for
from tickets.models import Appointment, Ticket, TicketAsset, WarrantyClaim

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TODAY = timezone.now().date()


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def asset(cleo):
    return make_asset(cleo, warranty_until=TODAY + timedelta(days=10))


def url(ticket: Ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def test_a_typed_number_says_whether_it_is_covered(sign_in, ada, ticket, asset):
    client = sign_in(ada)
    for headers in ({}, HTMX):
        page = client.get(url(ticket, "warranty") + "?serial=sn%204711", headers=headers)
        assert "Warranty until" in page.content.decode()
    assert "Nobody knows" in client.get(url(ticket, "warranty") + "?serial=x").content.decode()
    assert client.get(url(ticket, "warranty")).status_code == 200


def test_an_asset_of_the_customer_is_offered_added_and_removed(sign_in, ada, ticket, asset):
    client = sign_in(ada)
    assert "Add SN-4711 to the ticket" in client.get(url(ticket, "context")).content.decode()
    answer = client.post(url(ticket, "assets"), {"asset": asset.pk}, headers=HTMX)
    assert "hd:ticket-changed" in answer.headers["HX-Trigger"]
    assert "Remove SN-4711" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, f"assets/{asset.pk}/removal"))
    assert not TicketAsset.objects.exists()


def test_a_claim_is_made_with_four_fields_and_taken_to_its_end(sign_in, ada, ticket, asset):
    client = sign_in(ada)
    page = client.get(url(ticket, "claims") + f"?asset={asset.pk}").content.decode()
    assert 'value="SN-4711"' in page
    fields = {"serial": "SN-4711", "issue_date": TODAY.isoformat(), "complaint": "Cold"}
    assert client.post(url(ticket, "claims"), fields).status_code == 303
    claim = WarrantyClaim.objects.get()
    assert (claim.asset, claim.cover_kind) == (asset, "warranty")
    page = f"/admin/warranty_claims/{claim.pk}"
    said = {"complaint": "Cold", "issue_date": TODAY.isoformat(), "customer_feedback": "Quick"}
    said["version"] = client.get(page).context["form"].version
    refused = client.post(page, {**said, "state": "completed"})
    assert refused.status_code == 422
    assert "Quick" in refused.content.decode()
    done = client.post(page, {**said, "state": "completed", "resolution": "New valve"})
    assert done.status_code == 303
    claim.refresh_from_db()
    assert (claim.state, claim.customer_feedback) == ("completed", "Quick")
    assert "completed the warranty claim" in client.get(url(ticket, "activity")).content.decode()


def test_a_refused_claim_keeps_what_was_typed(sign_in, ada, ticket):
    fields = {"serial": "A1", "issue_date": "2999-01-01", "complaint": "Leaks at the seal"}
    answer = sign_in(ada).post(url(ticket, "claims"), fields)
    assert answer.status_code == 422
    assert "Leaks at the seal" in answer.content.decode()


def test_of_one_number_in_two_products_one_is_chosen_first(sign_in, ada, ticket, otto, asset):
    make_asset(otto, product="Grinder")
    make_asset(ticket.customer, product="Kettle")
    fields = {"serial": "SN4711", "issue_date": TODAY.isoformat(), "complaint": "Cold"}
    client = sign_in(ada)
    assert client.post(url(ticket, "claims"), fields).status_code == 422
    assert client.post(url(ticket, "claims"), {**fields, "asset": asset.pk}).status_code == 303


def test_a_visit_is_planned_from_the_claim(sign_in, ada, ticket, asset):
    claim = claim_for(ticket, ada, asset)
    fields = {
        "starts_at": "2099-01-05T10:00",
        "minutes": "30",
        "responsible": ada.pk,
        "title": "Visit",
        "confirmed": "on",
    }
    client, page = sign_in(ada), url(ticket, f"claims/{claim.pk}/visit")
    assert client.get(page).status_code == 200
    assert client.post(page, fields).status_code == 303
    claim.refresh_from_db()
    assert claim.visit == Appointment.objects.get()
    assert "Visit" in client.get(f"/admin/warranty_claims/{claim.pk}").content.decode()


def test_claims_of_other_departments_are_not_found(sign_in, ben, ada, ticket, asset):
    claim = claim_for(ticket, ada, asset)
    client = sign_in(ben)
    assert client.get(f"/admin/warranty_claims/{claim.pk}").status_code == 404
    assert not client.get("/admin/warranty_claims").context["page"].lines
    history = client.get(f"/admin/assets/{asset.pk}").context["page"]
    assert (history.claims, history.tickets) == ([], [])


@pytest.mark.parametrize("asked", ["sn-47", "Espr", "cleo", "Harb", "cleo@harbour"])
def test_assets_are_found_by_the_beginning_of_what_one_knows(sign_in, ada, asset, otto, asked):
    other = make_asset(otto, "ZZ9", product="Grinder")
    asset.organisation = asset.customer.organisation
    asset.save()
    lines = sign_in(ada).get("/admin/assets", {"q": asked}).context["page"].lines
    assert [line.serial for line in lines] == ["SN-4711"]
    assert other.serial not in [line.serial for line in lines]


def test_the_list_shows_what_ends_soon_and_what_is_out_of_use(sign_in, ada, asset, cleo):
    make_asset(cleo, "S2", is_archived=True)
    client = sign_in(ada)
    for show, serials in (("expiring", ["SN-4711"]), ("archived", ["S2"]), ("", ["SN-4711"])):
        lines = client.get("/admin/assets", {"show": show}).context["page"].lines
        assert [line.serial for line in lines] == serials


def test_managers_enter_and_change_assets_agents_do_not(sign_in, max_, ada, asset):
    client = sign_in(max_)
    fields = {
        "product": asset.product_id,
        "serial": "N 1",
        "customer_email": "cleo@harbour.example",
    }
    assert client.post("/admin/assets/add", fields).status_code == 303
    page = f"/admin/assets/{asset.pk}/edition"
    fields["version"] = client.get(page).context["form"].version
    taken = client.post(page, {**fields, "place": "Hall 3"})
    assert taken.status_code == 422
    assert "Hall 3" in taken.content.decode()
    assert client.post(page, {**fields, "serial": "N 2", "place": "Hall 3"}).status_code == 303
    asset.refresh_from_db()
    assert (asset.serial_key, asset.place) == ("N2", "Hall 3")
    assert sign_in(ada).get(page).status_code == 403


@pytest.mark.parametrize("count", [1, 9])
def test_the_card_costs_the_same_however_many_assets_there_are(
    statements, ada, ticket, cleo, count
):
    for number in range(count):
        claim_for(ticket, ada, make_asset(cleo, f"S{number}"))
    with statements(3):
        card = assets_of_ticket(ticket, ada, timezone.now())
    assert len(card.linked) == count
