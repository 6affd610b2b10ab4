"""Organisations and tiers: their pages, their customers, and verify."""

from __future__ import annotations

import pytest

from customers.models import Customer, Organisation, OrganisationDomain, Tier
from customers.verify import check_accounts, check_addresses
from tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/organizations"


def facts(**changes):
    return {"name": "Lighthouse", "domains": "light.example\nLH.example"} | changes


def test_organisation_is_added_with_its_domains(max_, sign_in):
    assert sign_in(max_).post(f"{PAGE}/add", facts(shares_tickets="on")).status_code == 303
    assert Organisation.objects.get().shares_tickets
    assert set(OrganisationDomain.objects.values_list("domain", flat=True)) == {
        "light.example",
        "lh.example",
    }


def test_customers_of_a_new_domain_are_adopted(max_, harbour, sign_in):
    mira = make_customer("Mira", "mira@light.example")
    taken = make_customer("Kim", "kim@light.example", harbour)
    sign_in(max_).post(f"{PAGE}/add", facts())
    mira.refresh_from_db()
    taken.refresh_from_db()
    assert (str(mira.organisation), taken.organisation) == ("Lighthouse", harbour)


@pytest.mark.parametrize(
    ("domains", "words"),
    [
        ("http://x", b"is not a domain"),
        ("gmail.com", b"is everybody"),
        ("harbour.example", b"belongs to another organisation"),
    ],
)
def test_bad_domain_is_refused(max_, harbour, sign_in, domains, words):
    OrganisationDomain.objects.create(organisation=harbour, domain="harbour.example")
    page = sign_in(max_).post(f"{PAGE}/add", facts(domains=domains))
    assert page.status_code == 422
    assert words in page.content


def test_used_organisation_is_removed_with_a_replacement(max_, cleo, otto, harbour, sign_in):
    client, place = sign_in(max_), f"{PAGE}/{harbour.pk}/removal"
    assert b"1 customer" in client.get(place).content
    assert client.post(place).status_code == 409
    assert client.post(place, {"replacement": otto.organisation_id}).status_code == 303
    cleo.refresh_from_db()
    assert cleo.organisation == otto.organisation


def test_used_tier_is_removed_with_a_replacement(max_, harbour, sign_in):
    gold = Tier.objects.create(slug="gold", name="Gold", rank=1)
    basic = Tier.objects.create(slug="basic", name="Basic", rank=2)
    harbour.tier = gold
    harbour.save()
    answer = sign_in(max_).post(f"/admin/tiers/{gold.pk}/removal", {"replacement": basic.pk})
    assert answer.status_code == 303
    harbour.refresh_from_db()
    assert harbour.tier == basic


def test_organisations_need_a_permission(ada, sign_in):
    assert sign_in(ada).get(PAGE).status_code == 403


def test_verify_finds_and_mends_a_wrong_mail_address():
    mira = make_customer("Mira")
    Customer.objects.update(email="other@x.example")
    assert len(check_addresses(repair=False)) == 1
    check_addresses(repair=True)
    mira.refresh_from_db()
    assert (mira.email, check_addresses(repair=False)) == ("mira@private.example", [])


def test_verify_finds_a_colleagues_account():
    make_customer("Mira", user=make_user("Ada"))
    assert len(check_accounts(repair=False)) == 1
