"""The side panel: the customer, work to do, other tickets, followers, tags, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import time_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from accounts.models import User
from automation.assigning.pages import waiting_words
from core import ui
from core.times import ago_text
from customers.models import Customer
from desk.aside_work import Work, work_of
from desk.cards import CARDS
from desk.cards.card import ShownCard, shown
from desk.emergency import Emergency, emergency_of
from desk.escalations import EscalationLine, escalations_of
from desk.links import customer_url, ticket_url
from desk.time_page import Bar, bar_of
from sla.telling import time_shares
from tickets.marks import status_glyph
from tickets.models import Follower, Ticket

MAX_OTHERS = 10


@dataclass(frozen=True)
class MiniTicket:
    """A ticket as one short line."""

    url: str
    glyph: SafeString
    subject: str
    fact: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """The customer card."""

    url: str
    name: str
    avatar: SafeString
    is_vip: bool
    subtitle: str
    pairs: list[tuple[str, str]]
    notes: str


@dataclass(frozen=True, kw_only=True)
class Aside:
    """The side panel as its template prints it."""

    base_url: str
    person: Person
    work: Work
    cards: list[ShownCard]
    emergency: Emergency
    escalations: list[EscalationLine]
    agent_words: str
    bar: Bar | None
    others: list[MiniTicket]
    others_count: SafeString
    has_more: bool
    followers: list[Follower]
    tags: str
    tag_names: list[str]


def aside_of(ticket: Ticket, *, user: User, now: datetime) -> Aside:
    """Everything about the ticket that is not said in it; only tickets `user` may see."""
    seen = Ticket.objects.visible_to(user).select_related("status")
    others = seen.filter(customer=ticket.customer, merged_into=None).exclude(pk=ticket.pk)
    found = list(others.order_by("-is_open", "-pk")[: MAX_OTHERS + 1])
    tags = list(ticket.tags.values_list("name", flat=True))
    return Aside(
        base_url=ticket_url(ticket.number),
        person=person_of(ticket.customer, now=now),
        work=work_of(ticket, user=user, now=now),
        cards=shown(CARDS, ticket, user=user, now=now),
        emergency=emergency_of(ticket, user=user, now=now),
        escalations=escalations_of(ticket, now=now),
        agent_words=_agent_words(ticket, now=now),
        bar=bar_of(time_shares(ticket, now=now)),
        others=[mini_ticket(row, now=now) for row in found[:MAX_OTHERS]],
        others_count=ui.counter(len(found), unit=_("tickets")),
        has_more=len(found) > MAX_OTHERS,
        followers=list(ticket.followers.all()),
        tags=", ".join(tags),
        tag_names=tags,
    )


def person_of(customer: Customer, *, now: datetime) -> Person:
    """The card of a customer; lines without a value are left out."""
    addresses = list(customer.addresses.all())
    tier = customer.effective_tier
    facts = [
        *((str(row.get_kind_display()), row.value) for row in addresses),
        (_("Tier"), str(tier) if tier else ""),
        (_("Role"), customer.role),
        (_("Language"), _language(customer.language)),
        (_("Local time"), _local_time(customer, now)),
    ]
    return Person(
        url=customer_url(customer.pk),
        name=customer.display_name,
        avatar=ui.avatar(customer.display_name, size="l"),
        is_vip=customer.is_vip,
        subtitle=str(customer.organisation or _("Private customer")),
        pairs=[(label, value) for label, value in facts if value],
        notes=customer.notes,
    )


def mini_ticket(ticket: Ticket, *, now: datetime) -> MiniTicket:
    """One line of a list of tickets."""
    return MiniTicket(
        url=ticket_url(ticket.number),
        glyph=status_glyph(ticket.status),
        subject=ticket.subject or _("(no subject)"),
        fact=ago_text(ticket.updated_at, now),
    )


def _agent_words(ticket: Ticket, *, now: datetime) -> str:
    """Why nobody has it yet; asked only where nobody has."""
    is_free = ticket.is_open and ticket.assignee_id is None
    return waiting_words(ticket, now=now) if is_free else ""


def _language(code: str) -> str:
    if not code:
        return ""
    names = dict(settings.LANGUAGES)
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return str(names.get(code, code))


def _local_time(customer: Customer, now: datetime) -> str:
    if not customer.time_zone:
        return ""
    city = customer.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{time_format(now.astimezone(ZoneInfo(customer.time_zone)), 'H:i')}, {city}"
