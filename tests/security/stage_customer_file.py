"""What other systems and notes bring to the stage: a connection, a file, records, a note."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from accounts.models import User
from customers import actions
from customers.actions.connections import ConnectionFacts
from customers.models import Customer
from customers.records import RecordFacts

FILE = "kind,external_id,email,status\ninvoice,INV-1,cleo@harbour.example,open\n"


def customer_file(cleo: Customer, *, secret: str, now: datetime) -> SimpleNamespace:
    """Everything about cleo; the connection is switched off, so that nobody is asked."""
    manager = User.objects.get(email="max@company.example")
    facts = ConnectionFacts(
        name="ERP",
        kind="erpnext",
        base_url="https://erp.example",
        is_active=False,
        token="k:secret",
    )
    record = RecordFacts(
        kind="invoice", external_id="INV-9", status="overdue", title=secret, customer_id=cleo.pk
    )
    actions.upsert_records([record], source="csv", actor=manager, now=now)
    return SimpleNamespace(
        connection=actions.save_connection(None, facts=facts, actor=manager, now=now),
        file=actions.keep_file("records.csv", content=FILE, actor=manager, now=now),
        note=actions.add_note(cleo, text=secret, actor=manager, now=now),
    )
