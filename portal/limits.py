"""How often one may write: counted when a request is accepted, asked before (R46, X-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from core import options, rates
from customers.models import Customer
from tickets.models import GuestLink

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
PER_CUSTOMER = 10  # R46: tickets of one sender in a quarter of an hour
ANSWERS_BY_LINK = 30
ANSWERS_BY_ACCOUNT = 60
FRESH_LINKS = 3


@dataclass(frozen=True)
class Limit:
    """At most `most` of `key` within `per`."""

    key: str
    most: int
    per: timedelta

    def is_spent(self, *, now: datetime) -> bool:
        """Whether there is none left; counts nothing."""
        return rates.is_over(self.key, limit=self.most, per=self.per, now=now)

    def spend(self, *, now: datetime) -> bool:
        """Count one; False when it was one too many."""
        return rates.hit(self.key, limit=self.most, per=self.per, now=now)


def of_form(request: HttpRequest, email: str) -> tuple[Limit, ...]:
    """One network address, and one mail address, known or not."""
    per_network, per_email = (
        options.value("portal.form_per_network"),
        options.value("portal.form_per_email"),
    )
    return (
        Limit(f"form-network:{_network(request)}", per_network, HOUR),
        Limit(f"form-email:{email}", per_email, HOUR),
    )


def of_customer(customer: Customer) -> tuple[Limit, ...]:
    """New requests of one account."""
    return (Limit(f"portal-requests:{customer.pk}", PER_CUSTOMER, QUARTER),)


def of_answers(customer: Customer) -> tuple[Limit, ...]:
    """Answers of one account."""
    return (Limit(f"portal-answers:{customer.pk}", ANSWERS_BY_ACCOUNT, HOUR),)


def of_guest_answers(link: GuestLink) -> tuple[Limit, ...]:
    """Answers by one guest link."""
    return (Limit(f"guest-answers:{link.pk}", ANSWERS_BY_LINK, HOUR),)


def of_fresh_links(email: str) -> Limit:
    """Mails with a new guest link to one mailbox."""
    return Limit(f"guest-renewal:{email}", FRESH_LINKS, HOUR)


def any_spent(limits: tuple[Limit, ...], *, now: datetime) -> bool:
    """Whether one of them is used up."""
    return any(limit.is_spent(now=now) for limit in limits)


def spend(limits: tuple[Limit, ...], *, now: datetime) -> None:
    """Count one for each."""
    for limit in limits:
        limit.spend(now=now)


def _network(request: HttpRequest) -> str:
    """Where a request came from: the address, for IPv6 the network a household has."""
    address = str(getattr(request, "client_address", ""))
    return ":".join(address.split(":")[:4]) if ":" in address else address
