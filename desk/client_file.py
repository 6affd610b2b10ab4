"""The customer file beyond tickets (A-13): people, what happened, records, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.models.role import Permission
from core import options, ui
from core.keyset import Order, page_of
from customers.assets import assets_of
from customers.models import CrmRecord, Customer, CustomerNote
from desk.asset_lines import AssetLine, asset_line, today
from desk.client_activity import ActivityPage, activity_of
from desk.links import customer_url
from desk.record_lines import RecordLine, record_line

PARTS: dict[str, Any] = {
    "": gettext_lazy("Tickets"),
    "contacts": gettext_lazy("Contacts"),
    "activity": gettext_lazy("Activity"),
    "invoices": gettext_lazy("Invoices"),
    "orders": gettext_lazy("Orders"),
    "contracts": gettext_lazy("Contracts"),
    "opportunities": gettext_lazy("Opportunities"),
    "assets": gettext_lazy("Assets"),
    "notes": gettext_lazy("Notes"),
}
NOTHING: dict[str, Any] = {
    "invoices": gettext_lazy("No invoices yet"),
    "orders": gettext_lazy("No orders yet"),
    "contracts": gettext_lazy("No contracts yet"),
    "opportunities": gettext_lazy("No opportunities yet"),
}
KINDS = {
    "invoices": CrmRecord.Kind.INVOICE,
    "orders": CrmRecord.Kind.ORDER,
    "contracts": CrmRecord.Kind.CONTRACT,
    "opportunities": CrmRecord.Kind.OPPORTUNITY,
}
MOST = 200
LATEST = Order(("id",), is_descending=True)


@dataclass(frozen=True)
class Tab:
    """A part of the file as a link."""

    title: str
    url: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class FileHead:
    """What stands above every part."""

    customer: Customer
    name: str
    avatar: SafeString
    organisation: str
    base_url: str
    tabs: list[Tab]
    may_change: bool
    can_be_viewed: bool


@dataclass(frozen=True)
class Contact:
    """Somebody of the same organisation."""

    url: str
    avatar: SafeString
    name: str
    role: str
    email: str


@dataclass(frozen=True, kw_only=True)
class RecordsPage:
    """Records of one kind."""

    title: str
    nothing: str
    lines: list[RecordLine]
    has_parcels: bool
    previous_url: str
    next_url: str


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    """A note as its template prints it."""

    pk: int
    text: str
    author: str
    time: SafeString
    is_pinned: bool
    may_remove: bool


def head_of(customer: Customer, *, part: str, user: User) -> FileHead:
    """Name, tabs and what may be done."""
    return FileHead(
        customer=customer,
        name=customer.display_name,
        avatar=ui.avatar(customer.display_name, size="l"),
        organisation=str(customer.organisation or _("Private customer")),
        base_url=customer_url(customer.pk),
        tabs=tabs_of(customer, part=part),
        may_change=user.may(Permission.CUSTOMERS_CHANGE),
        can_be_viewed=options.value("portal.enabled"),
    )


def tabs_of(customer: Customer, *, part: str) -> list[Tab]:
    """The parts of the file."""
    return [
        Tab(str(title), customer_url(customer.pk, part=name), name == part)
        for name, title in PARTS.items()
    ]


def part_of(
    customer: Customer, part: str, *, user: User, query: QueryDict, now: datetime
) -> dict[str, Any]:
    """What the part shows; a constant number of statements at any length."""
    if part in KINDS:
        return {"records": _records(customer, part, query, now)}
    if part == "contacts":
        return {"contacts": _contacts(customer, user)}
    if part == "activity":
        return {"activity": _activity(customer, user, query, now)}
    if part == "assets":
        return {"assets": _assets(customer, now)}
    return {"notes": notes_of(customer, user=user, now=now)}


def notes_of(customer: Customer, *, user: User, now: datetime) -> list[NoteLine]:
    """Pinned ones first, then the latest."""
    rows = CustomerNote.objects.filter(customer=customer).select_related("author")[:MOST]
    return [_note(row, user, now) for row in rows]


def _note(row: CustomerNote, user: User, now: datetime) -> NoteLine:
    is_own = row.author_id == user.pk
    return NoteLine(
        pk=row.pk,
        text=row.text,
        author=row.author.display_name if row.author else _("Somebody who left"),
        time=ui.time_ago(row.created_at, now=now),
        is_pinned=row.is_pinned,
        may_remove=is_own or user.may(Permission.CUSTOMERS_CHANGE),
    )


def _contacts(customer: Customer, user: User) -> list[Contact]:
    people = Customer.objects.visible_to(user).order_by("name", "pk")
    mates = people.filter(organisation=customer.organisation_id or None)
    if customer.organisation_id is None:
        mates = people.filter(pk=customer.pk)
    return [
        Contact(
            url=customer_url(row.pk),
            avatar=ui.avatar(row.display_name),
            name=row.display_name,
            role=row.role,
            email=row.email,
        )
        for row in mates[:MOST]
    ]


def _records(customer: Customer, part: str, query: QueryDict, now: datetime) -> RecordsPage:
    rows = CrmRecord.objects.of_customer(customer).filter(kind=KINDS[part])
    page, url = page_of(rows, LATEST, query), customer_url(customer.pk, part=part)
    lines = [record_line(row, on=localdate(now)) for row in page.rows]
    return RecordsPage(
        title=str(PARTS[part]),
        nothing=str(NOTHING[part]),
        lines=lines,
        has_parcels=any(line.delivery_note or line.tracking_number for line in lines),
        previous_url=f"{url}?before={page.previous}" if page.previous else "",
        next_url=f"{url}?after={page.next}" if page.next else "",
    )


def _activity(customer: Customer, user: User, query: QueryDict, now: datetime) -> ActivityPage:
    return activity_of(customer, user=user, after=query.get("after", ""), now=now)


def _assets(customer: Customer, now: datetime) -> list[AssetLine]:
    return [asset_line(row, on=today(now)) for row in assets_of(customer)[:MOST]]
