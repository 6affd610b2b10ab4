"""Another system is asked by a worker; whatever it does, what was known stays (R162)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.models import AuditEntry
from customers import actions
from customers.actions.connections import ConnectionFacts
from customers.actions.lookups import ask_due
from customers.connectors import CrmUnavailable
from customers.models import CrmConnection, CrmLookup, CrmRecord
from customers.records import freshness_of
from tests.customers.erp import TOKEN, Erp, ErpServer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 2, tzinfo=UTC)
CLEO = "cleo@harbour.example"


@pytest.fixture
def erp(settings: Any) -> Iterator[Erp]:
    server = ErpServer()
    settings.HTTP_ALLOW = [server.erp.url.removeprefix("http://")]
    yield server.erp
    server.shutdown()


@pytest.fixture
def connection(erp: Erp, max_) -> CrmConnection:
    facts = ConnectionFacts(
        name="ERP",
        kind="erpnext",
        base_url=erp.url,
        is_active=True,
        token=TOKEN,
        mapping={"tracking_number": "custom_awb", "delivery_note": "custom_note"},
    )
    return actions.save_connection(None, facts=facts, actor=max_, now=NOW)


def invoice(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "name": f"SINV-{number}", "contact_email": CLEO, "status": "Unpaid", "grand_total": 120.5,
        "currency": "EUR", "posting_date": "2026-04-01", "due_date": "2026-05-01", **fields,
    }  # fmt: skip


def look_up(cleo, *, now: datetime = NOW) -> CrmLookup:
    actions.order_lookups(cleo, now=now)
    assert ask_due(now) == 1
    return CrmLookup.objects.get()


def test_documents_become_records(erp, connection, cleo) -> None:
    erp.documents = {
        "Sales Invoice": [invoice(1), invoice(2, status="Paid"), invoice(3, status="Draft")],
        "Sales Order": [
            {"name": "SO-1", "contact_email": CLEO, "status": "To Bill", "custom_awb": "020-1"},
            {"name": "SO-2", "contact_email": CLEO, "status": "To Deliver", "custom_awb": "020-2"},
        ],
        "Contract": [{"name": "C-1", "party_name": "Harbour Foods", "status": "Active"}],
        "Opportunity": [{"name": "O-1", "contact_email": "x@y.example", "status": "Open"}],
    }
    assert look_up(cleo).fetched_at == NOW
    known = dict(CrmRecord.objects.values_list("external_id", "status"))
    assert known == {
        "SINV-1": "open", "SINV-2": "paid", "SO-1": "delivered", "SO-2": "shipped", "C-1": "active",
    }  # fmt: skip
    first = CrmRecord.objects.get(external_id="SINV-1")
    assert (first.amount, first.due_on) == (Decimal("120.50"), date(2026, 5, 1))
    assert first.url == f"{erp.url}/app/sales-invoice/SINV-1"
    assert CrmRecord.objects.get(external_id="SO-2").tracking_number == "020-2"
    assert CrmRecord.objects.get(external_id="C-1").organisation == cleo.organisation


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (500, "answered with error 500"),
        (401, "refuses our token"),
        ("garbage", "can't be read"),
        ("list", "can't be read"),
        ("mute", "could not be reached"),
    ],
)
def test_failure_keeps_what_was_known(erp, connection, cleo, failure, words) -> None:
    erp.documents = {"Sales Invoice": [invoice(1)]}
    look_up(cleo)
    erp.failures.append(failure)
    lookup = look_up(cleo, now=NOW + timedelta(hours=1))
    assert words in lookup.last_error
    assert (lookup.fetched_at, lookup.due_at) == (NOW, None)
    assert CrmRecord.objects.get().fetched_at == NOW
    connection.refresh_from_db()
    assert words in connection.last_error
    freshness = freshness_of(cleo, now=NOW + timedelta(hours=1))
    assert freshness is not None
    assert freshness.error


def test_it_recovers_by_itself(erp, connection, cleo) -> None:
    erp.failures.append(500)
    assert look_up(cleo).last_error
    erp.documents = {"Sales Invoice": [invoice(1)]}
    assert look_up(cleo, now=NOW + timedelta(hours=1)).last_error == ""
    assert CrmRecord.objects.count() == 1


def test_all_pages_are_read_once(erp, connection, cleo) -> None:
    erp.documents = {"Sales Invoice": [invoice(number) for number in range(250)]}
    look_up(cleo)
    assert CrmRecord.objects.count() == 250


def test_a_system_that_repeats_its_page_is_left_alone(erp, connection, cleo) -> None:
    erp.documents = {"Sales Invoice": [invoice(number) for number in range(250)]}
    erp.repeats_pages = True
    look_up(cleo)
    assert CrmRecord.objects.count() == 100
    assert len([path for path in erp.asked if "Sales%20Invoice" in path]) == 2


def test_asking_twice_changes_nothing(erp, connection, cleo) -> None:
    erp.documents = {"Sales Invoice": [invoice(1)]}
    look_up(cleo)
    look_up(cleo, now=NOW + timedelta(hours=1))
    assert CrmRecord.objects.count() == 1
    assert AuditEntry.objects.filter(verb="records_taken").count() == 1


def test_what_somebody_is_asking_is_left_to_them(erp, connection, cleo) -> None:
    actions.order_lookups(cleo, now=NOW)
    CrmLookup.objects.update(lease_until=NOW + timedelta(minutes=1))
    assert ask_due(NOW) == 0
    assert ask_due(NOW + timedelta(minutes=2)) == 1


def test_a_connection_that_is_off_is_not_asked(erp, connection, cleo) -> None:
    CrmConnection.objects.update(is_active=False)
    assert actions.order_lookups(cleo, now=NOW) == 0
    assert freshness_of(cleo, now=NOW) is None


def test_the_test_tells_who_we_are(erp, connection) -> None:
    assert actions.try_connection(connection, now=NOW) == "help@erp.example"
    erp.failures.append(401)
    with pytest.raises(CrmUnavailable, match="refuses our token"):
        actions.try_connection(connection, now=NOW)


def test_the_token_is_never_shown(erp, connection, max_, sign_in) -> None:
    page = sign_in(max_).get(f"/admin/crm/{connection.pk}").content.decode()
    assert "ends with cdef" in page
    assert TOKEN not in page
    assert TOKEN.encode() not in bytes(CrmConnection.objects.get().sealed_token)
    assert TOKEN not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_another_address_needs_the_token_anew(erp, connection, max_, sign_in) -> None:
    client = sign_in(max_)
    typed = {"name": "ERP", "kind": "erpnext", "base_url": "https://thief.example", "version": ""}
    answer = client.post(f"/admin/crm/{connection.pk}", typed)
    assert b"needs its token anew" in answer.content
    connection.refresh_from_db()
    assert connection.base_url == erp.url


def test_private_addresses_are_refused(connection, settings) -> None:
    settings.HTTP_ALLOW = []
    with pytest.raises(CrmUnavailable, match="not allowed"):
        actions.try_connection(connection, now=NOW)
