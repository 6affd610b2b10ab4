"""What rules ask about a customer: typed by staff, inherited from the organisation, merged."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from customers.actions import change_customer, merge_customers
from customers.conditions import requester_facts
from customers.forms import MAX_ATTRIBUTES, AttributesField
from customers.models import Customer, Organisation
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(harbour: Organisation, ada: User) -> Organisation:
    harbour.dedicated_agent, harbour.monthly_spend = ada, Decimal("12000.50")
    harbour.save()
    return harbour


def test_agent_and_spend_are_the_own_ones_else_the_organisations(
    served: Organisation, ben: User, ada: User
) -> None:
    own = make_customer("Noor", "n@x.example", served, dedicated_agent=ben, monthly_spend=0)
    inherited, private = make_customer("Pia", "p@x.example", served), make_customer("Q", "")
    people = [own, inherited, private]
    assert [one.effective_agent for one in people] == [ben, ada, None]
    assert [one.effective_spend for one in people] == [0, Decimal("12000.50"), None]


def test_facts_are_plain(served: Organisation, ada: User) -> None:
    now = timezone.now()
    customer = make_customer(
        "Noor",
        "n@x.example",
        served,
        role="Administrator",
        language="de",
        attributes={"plan": "gold"},
        created_at=now - timedelta(days=30, seconds=-1),
    )
    assert requester_facts(customer, now=now) == {
        "requester_role": "Administrator",
        "monthly_spend": 12000.5,
        "account_age_days": 29,
        "customer_language": "de",
        "dedicated_agent": ada.pk,
        "customer_attributes": ["plan=gold"],
    }


def test_staff_types_them_on_the_customers_page(
    cleo: Customer, max_: User, ada: User, sign_in: Any
) -> None:
    page = f"/admin/clients/client/{cleo.pk}/profile"
    typed = {
        "name": "Cleo",
        "role": "Admin",
        "monthly_spend": "99.90",
        "dedicated_agent": ada.pk,
        "attributes": "plan: gold\n\nseats:  12",
    }
    assert sign_in(max_).post(page, typed).status_code == 303
    cleo.refresh_from_db()
    assert (cleo.role, cleo.monthly_spend) == ("Admin", Decimal("99.90"))
    assert (cleo.dedicated_agent, cleo.attributes) == (ada, {"plan": "gold", "seats": "12"})
    assert "plan: gold" in sign_in(max_).get(page).content.decode()
    sign_in(max_).post(page, typed)
    assert AuditEntry.objects.filter(verb="changed").count() == 1


def test_only_staff_is_offered_as_agent(cleo: Customer, max_: User, sign_in: Any) -> None:
    typed = {"name": "Cleo", "dedicated_agent": cleo.user_id or 10**6}
    assert sign_in(max_).post(f"/admin/clients/client/{cleo.pk}/profile", typed).status_code == 422


@pytest.mark.parametrize("text", ["gold", "plan:", ": gold", "x" * 81 + ": y", "x: " + "y" * 81])
def test_a_fact_is_a_name_and_a_value(text: str) -> None:
    with pytest.raises(ValidationError, match="a colon and a value"):
        AttributesField().clean(text)


def test_facts_are_few() -> None:
    lines = "\n".join(f"n{number}: 1" for number in range(MAX_ATTRIBUTES + 1))
    with pytest.raises(ValidationError, match="at most 30"):
        AttributesField().clean(lines)


def test_merging_keeps_what_the_survivor_lacks(max_: User, ada: User, ben: User) -> None:
    survivor = make_customer("A", "a@x.example", role="Admin", attributes={"plan": "gold"})
    loser = make_customer("B", "b@x.example", role="User", monthly_spend=5, dedicated_agent=ben)
    change_customer(loser, changes={"attributes": {"plan": "free", "seats": "2"}}, actor=max_)
    merge_customers(loser, survivor=survivor, actor=max_, now=timezone.now())
    survivor.refresh_from_db()
    assert (survivor.role, survivor.monthly_spend) == ("Admin", Decimal(5))
    assert survivor.dedicated_agent == ben
    assert survivor.attributes == {"plan": "gold", "seats": "2"}
