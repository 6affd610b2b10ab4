"""ERPNext by the REST interface of Frappe: lists of documents, filtered and in pages.

https://docs.frappe.io/framework/user/en/api/rest tells of the token (`token key:secret`) and of
`/api/resource/<DocType>` with `fields`, `filters`, `limit_start` and `limit_page_length`. Documents
are found by `contact_email`, contracts by the name of the party. ERPNext keeps no tracking number
with an order, so that the connection says which of its fields hold it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from core.sealing import CannotUnseal
from customers.connectors import CrmUnavailable, CustomerRef
from customers.connectors.asking import get_json
from customers.models import CrmConnection, CrmRecord
from customers.records import RecordFacts

PAGE = 100
MAX_PAGES = 10
TRACKING = ("delivery_note", "tracking_number", "tracking_url")

_Kind, _Status = CrmRecord.Kind, CrmRecord.Status


@dataclass(frozen=True)
class _DocType:
    """A kind of document: its fields by our names, its statuses by our words."""

    name: str
    kind: str
    fields: dict[str, str]
    words: dict[str, str]
    found_by: str = "contact_email"
    otherwise: str = _Status.OPEN
    skipped: frozenset[str] = field(default_factory=lambda: frozenset(["Draft"]))


_SALES_INVOICE = _DocType(
    name="Sales Invoice",
    kind=_Kind.INVOICE,
    fields={"amount": "grand_total", "currency": "currency", "issued_on": "posting_date",
            "due_on": "due_date", "title": "title"},
    words={"Paid": _Status.PAID, "Overdue": _Status.OVERDUE, "Cancelled": _Status.CANCELLED,
           "Overdue and Discounted": _Status.OVERDUE, "Credit Note Issued": _Status.PAID},
    # A return is money that goes the other way.
    skipped=frozenset(["Draft", "Return", "Internal Transfer"]),
)  # fmt: skip
_SALES_ORDER = _DocType(
    name="Sales Order",
    kind=_Kind.ORDER,
    fields={"amount": "grand_total", "currency": "currency", "issued_on": "transaction_date",
            "due_on": "delivery_date", "title": "title"},
    words={"Completed": _Status.DELIVERED, "To Bill": _Status.DELIVERED,
           "Closed": _Status.DELIVERED, "Cancelled": _Status.CANCELLED},
)  # fmt: skip
_OPPORTUNITY = _DocType(
    name="Opportunity",
    kind=_Kind.OPPORTUNITY,
    fields={"amount": "opportunity_amount", "currency": "currency",
            "issued_on": "transaction_date", "due_on": "expected_closing", "title": "title"},
    words={"Converted": _Status.WON, "Lost": _Status.LOST, "Closed": _Status.LOST},
)  # fmt: skip
_CONTRACT = _DocType(
    name="Contract",
    kind=_Kind.CONTRACT,
    fields={"starts_on": "start_date", "ends_on": "end_date", "title": "party_name"},
    words={"Active": _Status.ACTIVE, "Inactive": _Status.ENDED, "Cancelled": _Status.CANCELLED},
    found_by="party_name",
)
DOCTYPES = (_SALES_INVOICE, _SALES_ORDER, _OPPORTUNITY, _CONTRACT)


class Erpnext:
    """One ERPNext, asked in the name of the user its token belongs to."""

    def __init__(self, connection: CrmConnection) -> None:
        self._base = connection.base_url.rstrip("/")
        self._mapping: dict[str, str] = connection.mapping
        try:
            token = connection.token
        except CannotUnseal:
            words = _("The token can't be read with the keys of this installation.")
            raise CrmUnavailable(words) from None
        self._headers = {"Authorization": f"token {token}", "Accept": "application/json"}

    def fetch(self, customer: CustomerRef) -> list[RecordFacts]:
        """Invoices, orders, opportunities by address; contracts by organisation."""
        found: list[RecordFacts] = []
        for doctype in DOCTYPES:
            wanted = self._wanted(doctype, customer)
            if wanted:
                found += [self._facts(doctype, row) for row in self._rows(doctype, wanted)]
        return found

    def health(self) -> str:
        """The user our token belongs to."""
        url = f"{self._base}/api/method/frappe.auth.get_logged_user"
        return str(get_json(url, headers=self._headers).get("message") or "")

    def _wanted(self, doctype: _DocType, customer: CustomerRef) -> list[Any]:
        if doctype.found_by == "party_name":
            name = customer.organisation
            return [["party_name", "=", name]] if name else []
        emails = list(customer.emails)
        return [["contact_email", "in", emails]] if emails else []

    def _rows(self, doctype: _DocType, wanted: list[Any]) -> Iterator[dict[str, Any]]:
        """Every page once; a page that repeats an earlier one is the end."""
        seen: set[str] = set()
        for page in range(MAX_PAGES):
            rows = self._page(doctype, wanted, page * PAGE)
            fresh = [row for row in rows if str(row["name"]) not in seen]
            seen |= {str(row["name"]) for row in rows}
            yield from (row for row in fresh if row.get("status") not in doctype.skipped)
            if len(rows) < PAGE or not fresh:
                return

    def _page(self, doctype: _DocType, wanted: list[Any], start: int) -> list[dict[str, Any]]:
        fields = ["name", "status", *doctype.fields.values(), *self._tracked(doctype).values()]
        query = urlencode(
            {
                "fields": json.dumps(fields),
                "filters": json.dumps(wanted),
                "order_by": "creation desc",
                "limit_start": start,
                "limit_page_length": PAGE,
            }
        )
        url = f"{self._base}/api/resource/{quote(doctype.name)}?{query}"
        rows = get_json(url, headers=self._headers).get("data")
        if not isinstance(rows, list) or not all(_is_document(row) for row in rows):
            raise CrmUnavailable(_("Its answer can't be read."))
        return rows

    def _tracked(self, doctype: _DocType) -> dict[str, str]:
        """Which fields of an order hold its delivery (R163), where the connection says so."""
        if doctype.kind != _Kind.ORDER:
            return {}
        return {name: self._mapping[name] for name in TRACKING if self._mapping.get(name)}

    def _facts(self, doctype: _DocType, row: dict[str, Any]) -> RecordFacts:
        told = {ours: row.get(theirs) for ours, theirs in doctype.fields.items()}
        tracked: dict[str, Any] = {
            name: _text(row.get(at)) for name, at in self._tracked(doctype).items()
        }
        status = doctype.words.get(_text(row.get("status")), doctype.otherwise)
        if tracked.get("tracking_number") and status == _Status.OPEN:
            status = _Status.SHIPPED
        name = _text(row["name"])
        slug = doctype.name.lower().replace(" ", "-")
        return RecordFacts(
            kind=doctype.kind,
            external_id=name,
            number=name,
            status=status,
            title=_text(told.get("title")),
            amount=_amount(told.get("amount")),
            currency=_text(told.get("currency"))[:3],
            issued_on=_day(told.get("issued_on")),
            due_on=_day(told.get("due_on")),
            starts_on=_day(told.get("starts_on")),
            ends_on=_day(told.get("ends_on")),
            url=f"{self._base}/app/{slug}/{quote(name)}",
            **tracked,
        )


def _is_document(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get("name"))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**12 else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        return None
