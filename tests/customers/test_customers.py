"""Customers arrive once, are merged, bounce, and are linked to accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.mailboxes import prove_mailbox
from accounts.signals import announce_mailbox
from customers.actions import (
    MergeRefused,
    add_address,
    change_customer,
    find_or_create_customer,
    flag_undeliverable,
    merge_customers,
    remove_address,
)
from customers.models import Customer, CustomerAddress, OrganisationDomain
from customers.verify import check_merged
from tests.factories import make_customer, make_ticket, make_user

pytestmark = pytest.mark.django_db
now = timezone.now


def announce(user, email):
    """Somebody proved a further mailbox, as allauth tells it."""
    announce_mailbox(None, EmailAddress(user=user, email=email))


def test_sender_becomes_a_customer_of_the_domains_organisation(harbour):
    OrganisationDomain.objects.create(organisation=harbour, domain="harbour.example")
    customer = find_or_create_customer("mira@harbour.example", name="Mira", now=now())
    assert (customer.organisation, customer.email) == (harbour, "mira@harbour.example")


def test_empty_name_is_filled_and_a_given_one_kept(db):
    first = find_or_create_customer("m@x.example", now=now())
    assert find_or_create_customer("m@x.example", name="Mira", now=now()) == first
    find_or_create_customer("m@x.example", name="Other", now=now())
    first.refresh_from_db()
    assert first.name == "Mira"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_make_one_customer():
    def arrive(_n):
        try:
            return find_or_create_customer("rush@x.example", name="R", now=now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(arrive, range(12)))) == 1


def test_merge_moves_addresses_tickets_and_account(technical, max_, otto):
    mira = make_customer("Mira", is_vip=True, notes="b")
    ticket = make_ticket(otto, technical)
    user = otto.user
    merge_customers(otto, survivor=mira, actor=max_, now=now())
    mira.refresh_from_db()
    ticket.refresh_from_db()
    assert ticket.customer == mira
    assert mira.user == user
    assert set(mira.addresses.values_list("value", flat=True)) == {
        "mira@private.example",
        "otto@northlight.example",
    }
    assert mira.addresses.filter(is_primary=True).count() == 1
    assert find_or_create_customer("otto@northlight.example", now=now()) == mira


def test_of_two_accounts_the_survivors_stays(max_, cleo, otto):
    kept = cleo.user
    merge_customers(otto, survivor=cleo, actor=max_, now=now())
    cleo.refresh_from_db()
    otto.refresh_from_db()
    assert (cleo.user, otto.user) == (kept, None)


def test_earlier_mergers_follow_to_the_last_survivor(max_, cleo, otto):
    mira = make_customer("Mira")
    merge_customers(mira, survivor=otto, actor=max_, now=now())
    merge_customers(otto, survivor=cleo, actor=max_, now=now())
    mira.refresh_from_db()
    assert mira.merged_into == cleo
    assert check_merged(repair=False) == []


def test_merging_twice_or_with_itself_is_refused(max_, otto):
    mira = make_customer("Mira")
    with pytest.raises(MergeRefused):
        merge_customers(mira, survivor=mira, actor=max_, now=now())
    merge_customers(otto, survivor=mira, actor=max_, now=now())
    with pytest.raises(MergeRefused):
        merge_customers(otto, survivor=mira, actor=max_, now=now())


def test_address_belongs_to_one_customer(otto, max_):
    mira = make_customer("Mira")
    with pytest.raises(ValidationError):
        add_address(mira, kind="email", value="otto@northlight.example", actor=max_)
    add_address(mira, kind="phone", value="+49 30 555", actor=max_)
    second = add_address(mira, kind="email", value="second@x.example", actor=max_)
    remove_address(mira.addresses.get(value="mira@private.example"), actor=max_)
    mira.refresh_from_db()
    second.refresh_from_db()
    assert (mira.email, second.is_primary) == ("second@x.example", True)


def test_soft_bounces_add_up_within_seven_days():
    customer = make_customer("Mira")
    verdicts = [flag_undeliverable(customer.email, is_permanent=False, now=now()) for _ in range(5)]
    assert verdicts == [False] * 4 + [True]


def test_old_soft_bounces_are_forgotten_and_permanent_count_at_once():
    customer = make_customer("Mira")
    flag_undeliverable(customer.email, is_permanent=False, now=now() - timedelta(days=8))
    flag_undeliverable(customer.email, is_permanent=False, now=now())
    row = CustomerAddress.objects.get(customer=customer)
    assert (row.soft_bounces, row.undeliverable_at) == (1, None)
    assert flag_undeliverable(customer.email, is_permanent=True, now=now())


def test_proof_of_the_mailbox_links_the_account(db):
    customer = make_customer("Mira")
    CustomerAddress.objects.update(proved_at=None)
    user = make_user("Mira", "customer", email=customer.email)
    prove_mailbox(user)
    customer.refresh_from_db()
    assert customer.user == user
    assert customer.addresses.get().proved_at is not None


def test_second_proved_mailbox_joins_the_same_customer(cleo):
    announce(cleo.user, "cleo@home.example")
    assert cleo.addresses.get(value="cleo@home.example").proved_at is not None
    assert Customer.objects.count() == 1


def test_proved_mailbox_of_another_customer_is_left_to_staff(cleo):
    stranger = make_customer("Mira")
    announce(cleo.user, stranger.email)
    stranger.refresh_from_db()
    assert (stranger.user, cleo.addresses.count()) == (None, 1)


def test_staff_mailbox_makes_no_customer(ada):
    prove_mailbox(ada)
    assert not Customer.objects.exists()


def test_only_known_fields_change(max_):
    customer = make_customer("Mira")
    assert change_customer(customer, changes={"is_vip": True}, actor=max_).is_vip
    with pytest.raises(ValueError, match="email"):
        change_customer(customer, changes={"email": "x"}, actor=max_)
