"""Addresses of the customer file, the CRM's settings, and of looking on as a customer."""

from __future__ import annotations

from tests.security.route_rows import (
    DONE_BY_DEPARTMENT,
    DONE_BY_MANAGERS,
    DONE_BY_STAFF,
    MANAGERS,
    REFUSED_TO_MANAGERS,
    STAFF,
    Route,
    table,
)
from tests.security.stage import Stage

PARTS = (
    "contacts", "activity", "invoices", "orders", "contracts", "opportunities", "assets", "notes",
)  # fmt: skip
LED_BACK = "302 404 404 404 303 303"


def customer_file() -> dict[str, Route]:
    """Staff reads and notes; managers connect, import, export; staff looks on and stops."""
    cleo, note = ("cleo.pk",), ("cleo.pk", "customer_file.note.pk")
    return {
        **{f"desk:client_{part}": Route(get=STAFF, at=cleo) for part in PARTS},
        "desk:client_note_add": Route(
            post=DONE_BY_STAFF, at=cleo, data=lambda _: {"text": "Likes to be called."}
        ),
        "desk:client_note_pin": Route(post=DONE_BY_STAFF, at=note),
        "desk:client_note_unpin": Route(post=DONE_BY_STAFF, at=note),
        # Somebody else's note: only who may change customers.
        "desk:client_note_removal": Route(post=DONE_BY_MANAGERS, at=note),
        "desk:ticket_records": Route(get=LED_BACK, post=DONE_BY_DEPARTMENT, at=("ticket.number",)),
        **_settings(),
        # Begun and ended in this order, so that the rest of the table is not read as cleo.
        "portal:viewing": Route(post=DONE_BY_STAFF, at=cleo),
        "portal:viewing_removal": Route(post=DONE_BY_STAFF),
    }


def _settings() -> dict[str, Route]:
    pages = table("crm", "customer_file.connection", _connection)
    file = ("customer_file.file.pk",)
    return {
        **{name: route for name, route in pages.items() if name != "crm_removal"},
        "crm_test": Route(post=DONE_BY_MANAGERS, at=("customer_file.connection.pk",)),
        "crm_import": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
        "crm_import_template": Route(get=MANAGERS),
        "crm_import_file": Route(get=MANAGERS, post=DONE_BY_MANAGERS, at=file, data=_columns),
        "crm_export": Route(post="302 404 404 403 403 200"),
    }


def _connection(_stage: Stage) -> dict[str, object]:
    return {
        "name": "Fresh",
        "kind": "erpnext",
        "base_url": "https://erp.example",
        "token": "0123456789:abcdef",
    }


def _columns(_stage: Stage) -> dict[str, object]:
    return {"kind": "kind", "external_id": "external_id", "email": "email", "status": "status"}
