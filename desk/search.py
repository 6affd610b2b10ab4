"""Search: a number leads on, an address finds its people, words find tickets (A-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import ngettext

from accounts.models import User
from core.text import clean_line
from customers.models import Customer
from desk.clients import matching_ids
from desk.dressing import ticket_rows
from desk.links import customer_url
from desk.rows import Facts, TicketRow, facts_of
from tickets.models import Ticket
from tickets.search import matching

MAX_TICKETS = 50
MAX_PEOPLE = 8
MIN_LENGTH = 2


@dataclass(frozen=True)
class FoundPerson:
    """A customer as one line."""

    pk: str
    url: str
    name: str
    facts: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """What was found; more than fits is said, never counted."""

    text: str
    is_asked: bool
    tickets: list[TicketRow]
    people: list[FoundPerson]
    has_more: bool
    words: str


def results(user: User, text: str, *, now: datetime) -> Results:
    """Customers by name or address and tickets by their words, newest first."""
    text = clean_line(text, 200)
    is_asked = len(text) >= MIN_LENGTH
    rows = _tickets(user, text) if is_asked else []
    people = find_people(user, text) if is_asked else []
    shown = ticket_rows(rows[:MAX_TICKETS], now=now)
    return Results(
        text=text,
        is_asked=is_asked,
        tickets=shown,
        people=people,
        has_more=len(rows) > MAX_TICKETS,
        words=_words(len(shown), len(people)),
    )


def find_people(user: User, text: str) -> list[FoundPerson]:
    """Customers whose name, organisation or address has `text`."""
    found = Customer.objects.filter(pk__in=matching_ids(user, text)).order_by("-pk")
    people = found.select_related("organisation")[:MAX_PEOPLE]
    return [
        FoundPerson(str(row.pk), customer_url(row.pk), row.display_name, _facts(row))
        for row in people
    ]


def _words(tickets: int, people: int) -> str:
    of_tickets = ngettext("%(count)d ticket found", "%(count)d tickets found", tickets)
    of_people = ngettext("%(count)d customer found", "%(count)d customers found", people)
    return f"{of_tickets % {'count': tickets}} · {of_people % {'count': people}}"


def _tickets(user: User, text: str) -> list[Facts]:
    seen = Ticket.objects.visible_to(user).filter(merged_into=None)
    if "@" in text and " " not in text:
        seen = seen.filter(customer__addresses__value=text.lower())
    else:
        seen = matching(seen, text)
    return facts_of(seen.order_by("-pk"), user, MAX_TICKETS + 1)


def _facts(customer: Customer) -> str:
    organisation = customer.organisation.name if customer.organisation else ""
    return " · ".join(part for part in (organisation, customer.email) if part)
