"""`/admin/sla/simulator`: when would a ticket be due, and which hours are counted?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Department
from customers.models import Tier
from sla.actions.presets import apply_preset
from sla.actions.rules import put_in_force
from sla.models import QueueTarget, ServiceExclusion, SlaClock, SlaPolicy
from sla.simulator import MOST_SPANS
from tests.factories import make_calendar, make_ticket
from tests.sla.conftest import HOUSE, at, priority
from tickets.models import Service

pytestmark = pytest.mark.django_db

URL = "/admin/sla/simulator"


@pytest.fixture
def manager(sign_in, max_) -> Client:
    max_.time_zone = "America/New_York"
    max_.save()
    return sign_in(max_)


@pytest.fixture
def standard(db) -> None:
    apply_preset("standard", actor=None, now=at("2025-01-01 00:00"))


def asked(department: Department, *, opened: str, rank: int = 2, **facts: Any) -> dict[str, Any]:
    given = {"at": opened.replace(" ", "T"), "priority": priority(rank).pk}
    return {**given, "department": department.pk, **facts}


def answer(client: Client, *args: Any, **kwargs: Any) -> str:
    response = client.get(URL, asked(*args, **kwargs))
    assert response.status_code == 200
    return " ".join(response.text.split())


@pytest.mark.usefixtures("standard")
def test_it_opens_with_now_and_no_answer(manager, technical) -> None:
    page = manager.get(URL)
    assert timezone.localtime(timezone=HOUSE).strftime("%Y-%m-%dT%H:") in page.text
    assert "In all" not in page.text
    assert "Times are in your zone, America/New_York." in page.text


@pytest.mark.usefixtures("standard")
def test_the_counted_stretches_add_up(manager, technical) -> None:
    page = answer(manager, technical, opened="2025-07-03 16:00")
    assert (
        "8 h of Standard business hours (Mon–Fri 9–18, Sat 10–16, New York): policy Standard,"
        " priority High." in page
    )
    assert "Mon 7 Jul 2025, 09:00" not in page
    stretches = [
        "<td>Thu 3 Jul, 16:00</td> <td>Thu 3 Jul, 18:00</td>"
        ' <td class="num">2 h</td> <td class="num">2 h</td>',
        "<td>Sat 5 Jul, 10:00</td> <td>Sat 5 Jul, 16:00</td>"
        ' <td class="num">6 h</td> <td class="num">8 h</td>',
    ]
    assert all(stretch in page for stretch in stretches)
    assert "<b>Sat 5 Jul 2025, 16:00</b>" in page
    assert "Warning at 75%: Thu 3 Jul, 17:30" in page


@pytest.mark.usefixtures("standard")
def test_it_says_what_a_real_ticket_gets(manager, cleo, technical) -> None:
    ticket = make_ticket(cleo, technical, now=at("2025-07-03 16:00"))
    page = answer(manager, technical, opened="2025-07-03 16:00", rank=3)
    for clock in SlaClock.objects.filter(ticket=ticket):
        due = timezone.localtime(clock.due_at, HOUSE)
        assert f"<b>{due:%a} {due.day} {due:%b %Y, %H:%M}</b>" in page


def test_facts_are_asked_only_where_a_policy_does(manager, technical, promise) -> None:
    tier = Tier.objects.create(slug="gold", name="Gold", rank=1)
    promise(resolution=8, name="All", position=20)
    assert 'name="tier"' not in manager.get(URL).text
    gold = {"field": "tier", "op": "is", "value": tier.pk}
    promise(resolution=2, name="Gold", position=10, conditions=gold)
    opened = "2025-02-04 10:00"
    assert "Policy that fits: <b>All</b>" in answer(manager, technical, opened=opened)
    page = answer(manager, technical, opened=opened, tier=tier.pk)
    assert "Policy that fits: <b>Gold</b>" in page
    assert "<b>Tue 4 Feb 2025, 12:00</b>" in page


def test_a_policy_may_be_chosen(manager, technical, promise) -> None:
    other = promise(resolution=2, name="Other", conditions={"any": []})
    promise(resolution=8, name="All")
    page = answer(manager, technical, opened="2025-02-04 10:00", policy=other.pk)
    assert "Policy that fits: <b>Other</b>" in page


def test_it_names_the_department_where_its_target_counts(manager, technical) -> None:
    QueueTarget.objects.create(department=technical, amount=30, unit="minutes")
    put_in_force(actor=None, now=at("2025-01-01 00:00"))
    page = answer(manager, technical, opened="2025-02-04 10:00")
    assert "30 m of Standard business hours" in page
    assert ": target of the department Technical." in page


def test_an_exclusion_says_why(manager, technical, promise) -> None:
    service = Service.objects.get(slug="onboarding")
    ServiceExclusion.objects.create(service=service, reason="Training")
    promise(resolution=8)
    page = answer(manager, technical, opened="2025-02-04 10:00", service=service.pk)
    assert "No deadlines: Training" in page
    assert "In all" not in page


def test_nothing_promised_is_said_plainly(manager, technical) -> None:
    page = answer(manager, technical, opened="2025-02-04 10:00")
    assert "Nothing is promised for such a ticket." in page


def test_a_long_way_is_cut_short(manager, technical, promise) -> None:
    promise(resolution=2000)
    page = answer(manager, technical, opened="2025-02-04 10:00")
    assert page.count("Jul, 09:00</td>") < MOST_SPANS
    assert "more stretches of open time" in page


@pytest.mark.usefixtures("standard")
@pytest.mark.parametrize(
    ("name", "value"),
    [("at", "soon"), ("at", ""), ("at", "9999-12-31T23:59"), ("priority", "0"),
     ("department", "x"), ("policy", "999999")],
)  # fmt: skip
def test_nonsense_is_refused(manager, technical, name: str, value: str) -> None:
    data = {**asked(technical, opened="2025-02-04 10:00"), name: value}
    response = manager.get(URL, data)
    assert response.status_code == 422
    assert "field__error" in response.text
    assert "In all" not in response.text


def test_calendar_that_hardly_opens_is_told(manager, technical, promise, office) -> None:
    rare = make_calendar("Rare", weekly={}, exceptions={"2027-02-01": [["09:00", "10:00"]]})
    promise(resolution=8, calendar=rare)
    page = answer(manager, technical, opened="2025-02-04 10:00")
    assert "Never due: the calendar opens too rarely" in page


@pytest.mark.usefixtures("standard")
def test_it_asks_few_statements_and_writes_nothing(manager, technical, statements) -> None:
    policies = SlaPolicy.objects.count()
    data = asked(technical, opened="2025-02-04 10:00")
    manager.get(URL, data)
    with statements(12) as captured:
        manager.get(URL, data)
    assert not [row for row in captured.captured_queries if "INSERT" in row["sql"]]
    assert SlaPolicy.objects.count() == policies
