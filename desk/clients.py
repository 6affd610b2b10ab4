"""The list of customers and the page of one (A-13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from core import ui
from core.keyset import PAGE, Order, beyond, page_of, paged, read_cursor
from core.text import clean_line
from customers.finding import with_text
from customers.models import Customer, CustomerAddress
from desk.aside import Person, person_of
from desk.dressing import ticket_rows
from desk.links import clients_url, customer_url
from desk.queue import NEWEST
from desk.rows import TicketRow, facts_of
from tickets.models import Ticket
from tickets.time_spent import TimeSpent, time_spent_on, written_span

LATEST = Order(("id",), is_descending=True)


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """One line of the list."""

    pk: str
    url: str
    avatar: SafeString
    name: str
    vip_mark: SafeString | str
    organisation: str
    email: str
    open_tickets: str
    since: SafeString


@dataclass(frozen=True, kw_only=True)
class ClientsPage:
    """The list as its template prints it."""

    text: str
    rows: list[CustomerRow]
    previous_url: str
    next_url: str
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class ClientPage:
    """The page of one customer."""

    customer: Customer
    person: Person
    base_url: str
    addresses: list[CustomerAddress]
    spent: str
    rows: list[TicketRow]
    previous_url: str
    next_url: str
    may_change: bool


def clients_page(user: User, query: QueryDict, *, now: datetime) -> ClientsPage:
    """Customers, the latest first; with words in `q` those they fit."""
    text = clean_line(query.get("q", ""), 200)
    found = Customer.objects.visible_to(user).select_related("organisation")
    if text:
        found = found.filter(pk__in=matching_ids(user, text))
    page = page_of(found, LATEST, query)
    counts = _open_counts(user, page.rows)
    return ClientsPage(
        text=text,
        rows=[_row(row, counts.get(row.pk, 0), now) for row in page.rows],
        previous_url=clients_url(q=text, before=page.previous) if page.previous else "",
        next_url=clients_url(q=text, after=page.next) if page.next else "",
        may_change=user.may(Permission.CUSTOMERS_CHANGE),
    )


def client_page(customer: Customer, *, user: User, query: QueryDict, now: datetime) -> ClientPage:
    """One customer with those of their tickets that `user` may see."""
    theirs = Ticket.objects.visible_to(user).filter(customer=customer)
    tickets = theirs.filter(merged_into=None)
    cursor = read_cursor(query.get("after", ""), query.get("before", ""), NEWEST)
    found = facts_of(beyond(tickets, NEWEST, cursor), user, PAGE + 1)
    page = paged(found, cursor, attrgetter(*NEWEST.columns))
    base_url = customer_url(customer.pk)
    return ClientPage(
        customer=customer,
        person=person_of(customer, now=now),
        base_url=base_url,
        addresses=list(customer.addresses.all()),
        spent=_spent_words(time_spent_on(theirs)),
        rows=ticket_rows(page.rows, now=now),
        previous_url=f"{base_url}?before={page.previous}" if page.previous else "",
        next_url=f"{base_url}?after={page.next}" if page.next else "",
        may_change=user.may(Permission.CUSTOMERS_CHANGE),
    )


def matching_ids(user: User, text: str) -> Any:
    """Ids of customers whose name, organisation or address has `text`."""
    return with_text(Customer.objects.visible_to(user), text).values("pk")


def _spent_words(spent: TimeSpent) -> str:
    """Nothing where no time was written down."""
    if not spent.seconds:
        return ""
    facts = {"spent": written_span(spent.seconds), "billable": written_span(spent.billable)}
    words = _("%(spent)s, %(billable)s of it billable") if spent.billable else "%(spent)s"
    return words % facts


def _open_counts(user: User, customers: Iterable[Customer]) -> dict[int, int]:
    tickets = Ticket.objects.visible_to(user).open()
    counted = tickets.filter(customer__in=[row.pk for row in customers]).values("customer")
    return dict(counted.annotate(count=Count("pk")).values_list("customer", "count"))


def _row(customer: Customer, open_tickets: int, now: datetime) -> CustomerRow:
    return CustomerRow(
        pk=str(customer.pk),
        url=customer_url(customer.pk),
        avatar=ui.avatar(customer.display_name),
        name=customer.display_name,
        vip_mark=ui.icon("crown", size="s", label=_("VIP")) if customer.is_vip else "",
        organisation=customer.organisation.name if customer.organisation else "",
        email=customer.email,
        open_tickets=str(open_tickets) if open_tickets else "",
        since=ui.time_ago(customer.created_at, now=now),
    )
