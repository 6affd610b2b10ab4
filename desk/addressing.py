"""To whom a reply goes: to the customer who spoke last, or to whom the agent chose (X-16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """The customer a reply is for, and who follows the talk with them."""

    customer: int
    name: str
    email: str
    copies: list[str]
    hidden: list[str]


def addressee_of(ticket: Ticket) -> Addressee:
    """From what `loaded_ticket` read beside the ticket: `speaker` is there for another customer.

    Who follows the one customer's talk gets no copy of what the other one is told.
    """
    speaker: Mapping[str, Any] | None = getattr(ticket, "speaker", None)
    if speaker is not None and speaker["customer"] not in {None, ticket.customer_id}:
        return Addressee(
            customer=speaker["customer"],
            name=speaker["name"] or speaker["email"],
            email=speaker["email"],
            copies=_others(speaker["followers"], speaker["email"]),
            hidden=speaker["hidden"],
        )
    return Addressee(
        customer=ticket.customer_id,
        name=ticket.customer.display_name,
        email=ticket.customer.email,
        copies=_others(getattr(ticket, "follower_emails", []), ticket.customer.email),
        hidden=getattr(ticket, "hidden_emails", []),
    )


def address_lines(
    whom: Addressee, kept: Mapping[str, str], typed: Mapping[str, str]
) -> dict[str, str]:
    """The lines of a reply: as typed, as `kept` with the draft, else who follows."""
    fresh = {"to": whom.email, "cc": ", ".join(whom.copies), "bcc": ", ".join(whom.hidden)}
    return {name: typed.get(name, kept.get(name, value)) for name, value in fresh.items()}


def known_people(ticket: Ticket, whom: Addressee) -> list[str]:
    """Addresses somebody may be written to: the customers', and those who follow."""
    known = [whom.email, ticket.customer.email, *getattr(ticket, "follower_emails", [])]
    known += getattr(ticket, "customer_emails", [])
    return [address for address in dict.fromkeys(known) if address]


def to_words(ticket: Ticket, whom: Addressee, address: Mapping[str, str]) -> str:
    """The folded lines in one: to whom, and how many more."""
    if not address["to"]:
        return _("Nobody gets this by mail")
    first, _comma, rest = address["to"].partition(",")
    names = {ticket.customer.email: ticket.customer.display_name, whom.email: whom.name}
    name = names.get(first.strip().lower(), first.strip())
    others = ",".join((rest, address["cc"], address["bcc"]))
    copies = len([part for part in others.split(",") if part.strip()])
    if not copies:
        return _("To %(name)s") % {"name": name}
    return ngettext("To %(name)s and %(count)d more", "To %(name)s and %(count)d more", copies) % {
        "name": name,
        "count": copies,
    }


def _others(addresses: list[str], email: str) -> list[str]:
    return [row for row in addresses if row != email]
