"""Records of other systems: taken in once, from files too; what rules ask about them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.conditions import fields
from core.jobs import run_due
from core.models import AuditEntry, Job
from customers import actions
from customers.models import CrmImport, CrmRecord, Organisation
from customers.record_csv import Table
from customers.records import RecordFacts
from tests.factories import make_customer, make_ticket
from tickets.facts import ticket_facts
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 2, tzinfo=UTC)
HEAD = "kind,external_id,email,organisation,status,amount,due_on,title"


def facts(external_id: str = "1", **fields: Any) -> RecordFacts:
    fields.setdefault("kind", "invoice")
    fields.setdefault("status", "open")
    return RecordFacts(external_id=external_id, **fields)


def take(*batch: RecordFacts, source: str = "api") -> actions.Taken:
    return actions.upsert_records(batch, source=source, actor=None, now=NOW)


def upload(client: Client, *lines: str) -> Any:
    content = "\n".join([HEAD, *lines]).encode()
    return client.post("/admin/crm/import", {"file": SimpleUploadedFile("r.csv", content)})


def test_the_same_record_is_one_row(cleo) -> None:
    mine = {"customer_id": cleo.pk}
    assert take(facts(**mine), facts("2", **mine)) == actions.Taken(created=2)
    assert take(facts(status="paid", **mine), facts("2", **mine)) == actions.Taken(0, 1, 1)
    assert take(facts(**mine), source="csv") == actions.Taken(created=1)
    assert CrmRecord.objects.count() == 3
    assert AuditEntry.objects.filter(verb="records_taken").count() == 3


@pytest.mark.parametrize(
    "wrong", [{"status": "won"}, {"kind": "letter"}, {"external_id": ""}, {"customer_id": None}]
)
def test_a_wrong_record_takes_none_of_its_batch(cleo, wrong) -> None:
    good = facts(customer_id=cleo.pk)
    bad = {"external_id": "2", "customer_id": cleo.pk, **wrong}
    with pytest.raises(ValidationError):
        take(good, facts(**bad))
    assert not CrmRecord.objects.exists()


def test_addresses_that_run_are_dropped(cleo) -> None:
    take(facts(customer_id=cleo.pk, url="javascript:alert(1)", tracking_url="https://t.example/1"))
    record = CrmRecord.objects.get()
    assert (record.url, record.tracking_url) == ("", "https://t.example/1")


def test_an_invoice_is_overdue_by_word_or_by_day(cleo) -> None:
    mine = {"customer_id": cleo.pk}
    take(
        facts("late", due_on=date(2026, 5, 3), **mine),
        facts("today", due_on=date(2026, 5, 4), **mine),
        facts("said", status="overdue", **mine),
        facts("paid", status="paid", due_on=date(2026, 1, 1), **mine),
    )
    found = CrmRecord.objects.overdue(NOW.date())
    assert {row.external_id for row in found} == {"late", "said"}
    assert {row.external_id for row in CrmRecord.objects.all() if row.is_overdue(NOW.date())} == {
        "late", "said",
    }  # fmt: skip


def test_rules_and_views_ask_for_them(cleo, otto) -> None:
    ticket, other = make_ticket(cleo, now=NOW), make_ticket(otto, now=NOW)
    organisation = cleo.organisation_id
    take(facts(organisation_id=organisation, due_on=date(2026, 5, 3)))
    take(facts(kind="opportunity", customer_id=otto.pk))
    told = [ticket_facts(row, now=NOW) for row in (ticket, other)]
    assert [row["has_overdue_invoice"] for row in told] == [True, False]
    assert [row["open_opportunity"] for row in told] == [False, True]
    for name, one in (("has_overdue_invoice", ticket), ("open_opportunity", other)):
        assert _asked(name, yes=True) == {one.pk}
        assert _asked(name, yes=False) == {ticket.pk, other.pk} - {one.pk}


def test_merging_takes_records_and_notes_along(cleo, max_) -> None:
    twin = make_customer("Twin", "twin@x.example")
    take(facts(customer_id=twin.pk))
    actions.add_note(twin, text="Call first", actor=max_, now=NOW)
    actions.merge_customers(twin, survivor=cleo, actor=max_, now=NOW)
    assert cleo.records.count() == cleo.written_notes.count() == 1


def test_a_file_is_looked_at_then_taken_in(cleo, max_, sign_in) -> None:
    client = sign_in(max_)
    Organisation.objects.get(name="Harbour Foods").domains.create(domain="harbour.example")
    led = upload(
        client,
        "invoice,1,cleo@harbour.example,,open,120.50,2026-05-31,May",
        "invoice,2,nobody@harbour.example,,open,,,",
        "order,3,,Harbour Foods,shipped,,,",
        "invoice,4,x@elsewhere.example,Elsewhere,open,,,",
        "invoice,5,cleo@harbour.example,,gone,,,",
        "invoice,6,cleo@harbour.example,,open,much,,",
    )
    page = client.get(led.url).content.decode()
    assert "no organisation is called “Elsewhere”" in page
    assert "“much” is no amount" in page
    assert not CrmRecord.objects.exists()
    columns = CrmImport.objects.get().columns
    assert client.post(led.url, {**columns, "start": "1"}).status_code == 303
    run_due(NOW)
    assert Job.objects.get().outcome == {"created": 3, "changed": 0, "unchanged": 0, "left_out": 3}
    known = dict(CrmRecord.objects.values_list("external_id", "customer"))
    assert known == {"1": cleo.pk, "2": None, "3": None}


def test_the_same_file_again_changes_nothing(cleo, max_, sign_in) -> None:
    client = sign_in(max_)
    led = upload(client, "invoice,1,cleo@harbour.example,,open,,,")
    for _time in range(2):
        client.post(led.url, {**CrmImport.objects.get().columns, "start": "1"})
        run_due(NOW)
    assert CrmRecord.objects.count() == 1
    assert Job.objects.latest("pk").outcome["unchanged"] == 1


def test_columns_may_be_named_otherwise(cleo, max_, sign_in) -> None:
    client = sign_in(max_)
    content = b"Art;Nr;Mail;Stand\ninvoice;7;cleo@harbour.example;paid\n"
    led = client.post("/admin/crm/import", {"file": SimpleUploadedFile("r.csv", content)})
    wrong = client.post(led.url, {"kind": "Art", "status": "Elsewhere"})
    assert wrong.status_code == 422
    named = {"kind": "Art", "external_id": "Nr", "email": "Mail", "status": "Stand"}
    client.post(led.url, named)
    assert "we can take 1" in client.get(led.url).content.decode()


def test_a_file_sent_twice_by_one_form_is_kept_once(max_, sign_in) -> None:
    client = sign_in(max_)
    page = client.get("/admin/crm/import").content.decode()
    key = re.findall(r'name="idempotency_key" value="([^"]+)"', page)[0]
    content = "\n".join([HEAD, "invoice,1"]).encode()
    led = [
        client.post(
            "/admin/crm/import",
            {"file": SimpleUploadedFile("r.csv", content), "idempotency_key": key},
        )
        for _time in range(2)
    ]
    assert [answer.url for answer in led] == [f"/admin/crm/import/{CrmImport.objects.get().pk}"] * 2


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"just words\n1\n"])
def test_what_is_no_table_is_refused(max_, sign_in, content) -> None:
    answer = sign_in(max_).post("/admin/crm/import", {"file": SimpleUploadedFile("r.csv", content)})
    assert answer.status_code == 422


def test_what_goes_out_runs_nowhere_and_comes_in_again(cleo, max_, sign_in) -> None:
    take(facts(customer_id=cleo.pk, title="=HYPERLINK(1)"))
    answer = sign_in(max_).post("/admin/crm/export")
    text = b"".join(answer.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert AuditEntry.objects.filter(verb="records_exported").exists()
    table = Table(text)
    [line] = table.lines(table.guessed())
    assert line.facts is not None
    assert (line.facts.title, line.facts.customer_id) == ("=HYPERLINK(1)", cleo.pk)


def _asked(name: str, *, yes: bool) -> set[int]:
    ask = fields[name].query_at
    assert ask is not None
    return set(Ticket.objects.filter(ask("is", yes, NOW)).values_list("pk", flat=True))
