"""The customer file and the card of records beside a ticket (A-13, R162, R163)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from customers import actions
from customers.actions.connections import ConnectionFacts
from customers.models import CrmConnection, CrmLookup, CrmRecord
from customers.records import RecordFacts
from tests.factories import make_note, make_reply, make_ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 2, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
PARTS = (
    "", "/contacts", "/activity", "/invoices", "/orders", "/contracts", "/opportunities",
    "/assets", "/notes",
)  # fmt: skip


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with freeze_time(NOW):
        yield


def record(kind: str, number: str, status: str, **fields: Any) -> RecordFacts:
    return RecordFacts(kind=kind, external_id=number, number=number, status=status, **fields)


def know(customer: Any, *records: RecordFacts) -> None:
    owned = [RecordFacts(**{**vars(row), "customer_id": customer.pk}) for row in records]
    actions.upsert_records(owned, source="csv", actor=None, now=NOW)


def connect(max_: Any) -> CrmConnection:
    facts = ConnectionFacts(
        name="ERP", kind="erpnext", base_url="https://erp.example", is_active=True, token="k:s"
    )
    return actions.save_connection(None, facts=facts, actor=max_, now=NOW)


def card(client: Any, ticket: Any) -> str:
    page: str = client.get(f"/admin/tickets/ticket/{ticket.number}/context").content.decode()
    return page.partition("Invoices and orders")[2].partition("</details>")[0]


def url(customer: Any, part: str = "") -> str:
    return f"/admin/clients/client/{customer.pk}{part}"


def test_the_card_flags_what_matters(sign_in, ada, cleo) -> None:
    know(
        cleo,
        record("invoice", "INV-1", "open", due_on=date(2026, 5, 1)),
        record("opportunity", "OPP-1", "open"),
        record("order", "SO-1", "shipped", tracking_number="020-7",
               tracking_url="https://awb.example/7", delivery_note="DN-3"),
    )  # fmt: skip
    shown = card(sign_in(ada), make_ticket(cleo))
    summary = shown.partition("</summary>")[0]
    assert "Overdue invoice" in summary
    assert "Open opportunity" in summary
    assert 'href="https://awb.example/7"' in shown
    assert "Delivery note DN-3" in shown


def test_the_head_of_a_ticket_flags_debts_and_prospects_and_leads_to_them(
    sign_in, ada, cleo
) -> None:
    ticket, client = make_ticket(cleo), sign_in(ada)
    head = f"/admin/tickets/ticket/{ticket.number}"
    assert "badge--danger" not in client.get(head).content.decode()
    know(
        cleo,
        record("invoice", "INV-1", "open", due_on=date(2026, 5, 1)),
        record("opportunity", "OPP-1", "open"),
    )
    shown = client.get(head).content.decode()
    for words, part in (("Overdue invoice", "invoices"), ("Open opportunity", "opportunities")):
        assert words in shown.partition(f'href="{url(cleo, "/" + part)}"')[2].partition("</a>")[0]


def test_an_invoice_that_is_due_today_is_no_debt_yet(sign_in, ada, cleo) -> None:
    know(cleo, record("invoice", "INV-1", "open", due_on=NOW.date()))
    page = sign_in(ada).get(f"/admin/tickets/ticket/{make_ticket(cleo).number}")
    assert "Overdue invoice" not in page.content.decode()


def test_no_card_where_nothing_is_known(sign_in, ada, cleo) -> None:
    assert card(sign_in(ada), make_ticket(cleo)) == ""


def test_the_panel_never_asks_by_itself(sign_in, ada, max_, cleo) -> None:
    connect(max_)
    shown = card(sign_in(ada), make_ticket(cleo))
    assert 'hx-trigger="load, submit"' in shown
    assert not CrmLookup.objects.exists()


def test_a_refresh_is_asked_for_once(sign_in, ada, max_, cleo) -> None:
    connect(max_)
    ticket, client = make_ticket(cleo), sign_in(ada)
    for _time in range(2):
        answer = client.post(
            f"/admin/tickets/ticket/{ticket.number}/records", headers={"HX-Request": "true"}
        )
        assert "Asking the CRM" in answer.content.decode()
    assert CrmLookup.objects.get().due_at == NOW
    # A worker that does not come is not asked for again and again.
    with freeze_time(NOW + timedelta(minutes=5)):
        shown = card(sign_in(ada), ticket)
        assert "load" not in shown
        assert "Refresh" in shown


def test_a_crm_that_is_down_shows_what_was_known(sign_in, ada, max_, cleo) -> None:
    connection = connect(max_)
    know(cleo, record("invoice", "INV-1", "open"))
    CrmLookup.objects.create(
        connection=connection, customer=cleo, fetched_at=NOW, tried_at=NOW, last_error="Error 500."
    )
    shown = card(sign_in(ada), make_ticket(cleo))
    assert "unavailable, showing what was known at 10:02 today: Error 500." in shown
    assert "INV-1" in shown


@pytest.mark.parametrize("part", PARTS)
def test_each_part_costs_the_same_however_much_there_is(
    sign_in, ada, cleo, statements, django_assert_max_num_queries, part
) -> None:
    client = sign_in(ada)
    _fill(cleo, ada, 2)
    client.get(url(cleo, part))
    with django_assert_max_num_queries(40) as few:
        assert client.get(url(cleo, part)).status_code == 200
    _fill(cleo, ada, 12)
    with statements(len(few.captured_queries)):
        page = client.get(url(cleo, part)).content.decode()
    assert 'aria-current="page"' in page


def test_activity_is_in_order_and_goes_on(sign_in, ada, ben, cleo, billing) -> None:
    make_ticket(cleo, billing, subject="Of another department")
    ticket = make_ticket(cleo, ada.departments.first(), subject="Ours", now=EARLIER)
    for number in range(60):
        make_note(ticket, ada, f"said {number:02}.")
    client = sign_in(ada)
    first = client.get(url(cleo, "/activity")).content.decode()
    assert "Of another department" not in first
    older = first.partition("?after=")[2].partition('"')[0]
    rest = client.get(url(cleo, f"/activity?after={older}")).content.decode()
    said = [
        number for number in range(60) for page in (first, rest) if f"said {number:02}." in page
    ]
    assert said == list(range(60))
    assert "Request: Ours" in rest


def test_notes_are_kept_pinned_and_thrown_away(sign_in, ada, ben, cleo) -> None:
    client = sign_in(ada)
    assert client.post(url(cleo, "/notes/add"), {"text": " \x00 "}).status_code == 422
    client.post(url(cleo, "/notes/add"), {"text": "Call first <b>"})
    note = cleo.written_notes.get()
    client.post(url(cleo, f"/notes/{note.pk}/pin"))
    page = client.get(url(cleo, "/notes")).content.decode()
    assert "Call first &lt;b&gt;" in page
    assert "pinned" in page
    assert client.post(url(cleo, f"/notes/{note.pk}/removal")).status_code == 303
    assert not cleo.written_notes.exists()


def test_a_note_is_reached_by_its_customer_only(sign_in, ada, cleo, otto) -> None:
    note = actions.add_note(cleo, text="Call first", actor=ada, now=NOW)
    assert sign_in(ada).post(url(otto, f"/notes/{note.pk}/pin")).status_code == 404


def _fill(cleo: Any, ada: Any, many: int) -> None:
    before = CrmRecord.objects.count()
    for number in range(before, before + many):
        ticket = make_ticket(cleo, ada.departments.first())
        make_reply(ticket, ada)
        actions.add_note(cleo, text="Noted", actor=ada, now=NOW)
        kinds = (
            ("invoice", "open"),
            ("order", "open"),
            ("contract", "open"),
            ("opportunity", "open"),
        )
        know(cleo, *(record(kind, f"{kind}-{number}", status) for kind, status in kinds))
