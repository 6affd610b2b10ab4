"""Records put by machines: once each, all or nothing, told again, dropped (R162, X-18)."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from core.models import AuditEntry
from customers.models import CrmRecord, Organisation
from tests.api.conftest import Machine, invoice
from tests.factories import make_ticket, remembered_tables

pytestmark = pytest.mark.django_db


def pointers(answer) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [each["pointer"] for each in answer.json()["errors"]]


def test_a_record_is_taken_once(machine, cleo) -> None:
    whole = invoice(
        amount="120.50",
        currency="EUR",
        due_on="2026-05-31",
        title="Service",
        url="https://s.example/1",
    )
    assert machine.put(whole).json() == {"created": 1, "changed": 0, "unchanged": 0}
    assert machine.put(whole).json() == {"created": 0, "changed": 0, "unchanged": 1}
    assert machine.put({**whole, "status": "paid"}).json()["changed"] == 1
    record = CrmRecord.objects.get()
    assert (record.source, record.customer, record.status) == ("api:shop", cleo, "paid")
    assert (str(record.amount), record.due_on) == ("120.50", date(2026, 5, 31))


def test_the_log_names_key_and_owner(machine, cleo, max_) -> None:
    machine.put(invoice())
    machine.drop("shop/invoice/INV-1")
    told = AuditEntry.objects.filter(verb__startswith="records_").order_by("pk")
    assert [row.verb for row in told] == ["records_taken", "records_dropped"]
    assert {(row.actor, row.actor_name) for row in told} == {(max_, "API key Shop")}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_row(machine, cleo) -> None:
    start, answers = Barrier(2), []

    def put() -> None:
        mine = Machine()
        mine.headers = machine.headers
        start.wait()
        answers.append(mine.put(invoice(), invoice("INV-2")).status_code)
        connection.close()

    threads = [Thread(target=put) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]
    assert CrmRecord.objects.count() == 2


def test_one_bad_record_refuses_the_batch(machine, cleo) -> None:
    answer = machine.put(
        invoice(), invoice("2", status="won"), invoice("3", customer={"email": "no@x.example"})
    )
    assert pointers(answer) == ["/records/1/status"]
    answer = machine.put(invoice(), invoice("3", customer={"email": "no@x.example"}))
    assert pointers(answer) == ["/records/1/customer"]
    assert not CrmRecord.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"is_staff": True}, "/records/0/is_staff"),
        ({"customer_id": 1}, "/records/0/customer_id"),
        ({"created_at": "2026-01-01"}, "/records/0/created_at"),
        ({"a/b~c": 1}, "/records/0/a~1b~0c"),
        ({"extra": {}}, "/records/0/extra"),
        ({"customer": {"email": "cleo@harbour.example", "role": "vip"}}, "/records/0/customer/role"),
        ({"customer": None}, "/records/0/customer"),
        ({"customer": {"email": None}}, "/records/0/customer/email"),
        ({"customer": None, "organisation": {}}, "/records/0/organisation"),
        ({"customer": None, "organisation": {"name": "Elsewhere"}}, "/records/0/organisation"),
        ({"kind": "letter"}, "/records/0/kind"),
        ({"kind": ["invoice"]}, "/records/0/kind"),
        ({"external_id": " "}, "/records/0/external_id"),
        ({"external_id": 7}, "/records/0/external_id"),
        ({"title": "x" * 201}, "/records/0/title"),
        ({"title": "a\x00b"}, "/records/0/title"),
        ({"title": "\ud800"}, "/records/0/title"),
        ({"amount": "much"}, "/records/0/amount"),
        ({"amount": True}, "/records/0/amount"),
        ({"amount": "١٢"}, "/records/0/amount"),
        ({"amount": 1.005}, "/records/0/amount"),
        ({"amount": 10**12}, "/records/0/amount"),
        ({"currency": "eur"}, "/records/0/currency"),
        ({"due_on": "2026-02-30"}, "/records/0/due_on"),
        ({"due_on": 20260230}, "/records/0/due_on"),
        ({"url": "javascript:alert(1)"}, "/records/0/url"),
        ({"tracking_url": "//t.example"}, "/records/0/tracking_url"),
    ],
)  # fmt: skip
def test_what_is_not_declared_is_refused(machine, cleo, wrong, pointer) -> None:
    """X-18"""
    assert pointers(machine.put(invoice(**wrong))) == [pointer]
    assert not CrmRecord.objects.exists()


def test_the_batch_itself_is_declared_too(machine) -> None:
    assert pointers(machine.put(invoice(), owner=1)) == ["/owner"]
    assert pointers(machine.put(invoice(), source="../x")) == ["/source"]
    assert pointers(machine.put(*[invoice(str(n)) for n in range(501)])) == ["/records"]
    assert pointers(machine.put()) == ["/records"]
    assert pointers(machine.put("x")) == ["/records/0"]
    assert pointers(machine.send([])) == [""]


def test_an_organisation_is_found_as_files_find_it(machine, harbour) -> None:
    harbour.domains.create(domain="harbour.example")
    whose = [
        {"customer": {"email": "new@harbour.example"}},
        {"customer": None, "organisation": {"name": "Harbour Foods"}},
        {"customer": None, "organisation": {"domain": "Harbour.example"}},
    ]
    answer = machine.put(*[invoice(str(n), **each) for n, each in enumerate(whose)])
    assert answer.json()["created"] == 3
    assert set(CrmRecord.objects.values_list("organisation", "customer")) == {(harbour.pk, None)}


def test_what_is_put_is_told_and_can_be_put_again(machine, cleo) -> None:
    machine.put(invoice(amount=12, title="Service", ends_on="2026-12-31"))
    [record] = machine.get().json()["records"]
    assert record["customer"] == {"email": "cleo@harbour.example"}
    assert (record["amount"], record["source"]) == ("12.00", "shop")
    again = {name: value for name, value in record.items() if name not in ("source", "put_at")}
    assert machine.put(again).json()["unchanged"] == 1


def test_lists_are_narrowed_and_paged(machine, cleo, otto) -> None:
    theirs = invoice("O", kind="order", customer={"email": "otto@northlight.example"})
    machine.put(*[invoice(f"{n:02}") for n in range(51)], theirs)
    machine.put(invoice("1"), source="erp")
    first = machine.get("?source=shop&kind=invoice").json()
    assert (len(first["records"]), bool(first["next"])) == (50, True)
    rest = machine.get(f"?source=shop&kind=invoice&after={first['next']}").json()
    assert ([row["external_id"] for row in rest["records"]], rest["next"]) == (["50"], None)
    [told] = machine.get("?email=Otto@northlight.example").json()["records"]
    assert told["external_id"] == "O"
    assert machine.get("?owner__password=p").status_code == 400
    assert machine.get("?kind=a%00b").status_code == 400


def test_records_of_files_and_connections_are_not_the_machines(machine, cleo) -> None:
    rows = [
        CrmRecord(
            kind="invoice", source=source, external_id="INV-1", status="open", customer=cleo,
            fetched_at="2026-05-01T00:00Z",
        )
        for source in ("csv", "crm-1")
    ]  # fmt: skip
    CrmRecord.objects.bulk_create(rows)
    assert machine.get().json()["records"] == []
    for source in ("csv", "crm-1"):
        assert machine.put(invoice(status="paid"), source=source).json()["created"] == 1
        assert machine.drop(f"{source}/invoice/INV-1").status_code == 204
    assert CrmRecord.objects.filter(status="open").count() == CrmRecord.objects.count() == 2


def test_a_vanished_record_is_dropped(machine, cleo) -> None:
    machine.put(invoice("2026/07 a"), invoice("2"))
    assert machine.drop("shop/invoice/2026%2F07%20a").status_code == 204
    assert machine.drop("shop/invoice/2026%2F07%20a").status_code == 404
    assert machine.drop("shop/invoice/%00").status_code == 404
    assert [row.external_id for row in CrmRecord.objects.all()] == ["2"]


def test_an_overdue_invoice_is_flagged_beside_the_ticket(machine, cleo, ada, sign_in) -> None:
    ticket = make_ticket(cleo)
    page = reverse("desk:ticket", args=[ticket.number])
    assert "Overdue invoice" not in sign_in(ada).get(page).content.decode()
    machine.put(invoice(due_on="2026-01-31", number="R-77"))
    assert "Overdue invoice" in sign_in(ada).get(page).content.decode()
    file = sign_in(ada).get(reverse("desk:client_invoices", args=[cleo.pk])).content.decode()
    assert "R-77" in file


@pytest.mark.parametrize("count", [5, 500])
def test_a_batch_costs_the_same_whatever_its_size(machine, cleo, statements, count) -> None:
    Organisation.objects.get().domains.create(domain="harbour.example")
    remembered_tables()
    machine.get()
    batch = [invoice(str(n), title="x") for n in range(count)]
    with statements(9):
        assert machine.put(*batch).json()["created"] == count
