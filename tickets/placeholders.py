"""What predefined texts may name about a ticket: plain words the customer may read (X-34, X-35)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import options
from core.moments import day_time
from core.placeholders import names_in
from tickets.models import NO_DEADLINE, Ticket


@dataclass(frozen=True)
class Situation:
    """For whom a text is filled in: the ticket, the agent who writes, the time."""

    ticket: Ticket
    user: User
    now: datetime
    promised_at: datetime | None = None


@dataclass(frozen=True)
class Placeholder:
    """One name: what it stands for, and how its value is found. Empty where there is none."""

    label: Any
    value: Callable[[Situation], str]


def _first_name(case: Situation) -> str:
    return case.ticket.customer.name.partition(" ")[0]


def _name(case: Situation) -> str:
    return case.ticket.customer.name or case.ticket.customer.email


def _organisation(case: Situation) -> str:
    organisation = case.ticket.customer.organisation
    return organisation.name if organisation else ""


def _due(case: Situation) -> str:
    return _day(case, min(case.ticket.sla_due_at, case.promised_at or case.ticket.promised_at))


def _promise(case: Situation) -> str:
    return _day(case, case.promised_at or case.ticket.promised_at)


def _day(case: Situation, moment: datetime) -> str:
    """In the customer's zone; nothing for a time that is not set, or that has been."""
    if moment == NO_DEADLINE or moment <= case.now:
        return ""
    zone = case.ticket.customer.time_zone or timezone.get_default_timezone()
    with timezone.override(zone):
        return day_time(moment, now=case.now)


def _signature(case: Situation) -> str:
    return case.user.signature or case.ticket.department.signature


PLACEHOLDERS: dict[str, Placeholder] = {
    "customer.first_name": Placeholder(_("First name of the customer"), _first_name),
    "customer.name": Placeholder(_("Name of the customer"), _name),
    "customer.email": Placeholder(
        _("Mail address of the customer"), lambda case: case.ticket.customer.email
    ),
    "organisation.name": Placeholder(_("Organisation of the customer"), _organisation),
    # A ticket that is still being opened has none.
    "ticket.number": Placeholder(
        _("Number of the ticket"), lambda case: str(case.ticket.number or "")
    ),
    "ticket.subject": Placeholder(_("Subject"), lambda case: case.ticket.subject),
    "ticket.status": Placeholder(
        _("Status, as customers read it"), lambda case: case.ticket.customer_words
    ),
    "agent.name": Placeholder(_("Your name"), lambda case: case.user.display_name),
    "agent.signature": Placeholder(_("Your signature"), _signature),
    "department.name": Placeholder(_("Department"), lambda case: case.ticket.department.name),
    "service.name": Placeholder(
        _("Service"), lambda case: case.ticket.service.name if case.ticket.service else ""
    ),
    "company.name": Placeholder(
        _("Name of the company"), lambda _case: str(options.value("accounts.company_name"))
    ),
    "due": Placeholder(_("By when the customer hears from us"), _due),
    "promise": Placeholder(_("The time that was promised"), _promise),
}
# The forms in capitals that the users' own texts have.
SYNONYMS: dict[str, str] = {
    "NAME": "customer.name",
    "ID": "ticket.number",
    "NUMBER": "ticket.number",
    "SUBJECT": "ticket.subject",
    "AGENT": "agent.name",
    "DUE": "due",
}
KNOWN: frozenset[str] = frozenset([*PLACEHOLDERS, *SYNONYMS])
# How a text asks for the number, which a ticket has only once it is opened.
NUMBER_FORMS: tuple[str, ...] = (
    "{ticket.number}",
    *(f"[{short}]" for short, name in SYNONYMS.items() if name == "ticket.number"),
)


def values_for(text: str, case: Situation, *, language: str = "") -> dict[str, str]:
    """The values of the names in `text`; those that are empty here are left out.

    Dates and words are in `language`, empty for the reader's own.
    """
    with override(language or get_language()):
        found = {
            name: PLACEHOLDERS[SYNONYMS.get(name, name)].value(case)
            for name in names_in(text) & KNOWN
        }
    return {name: str(value) for name, value in found.items() if value}


def numbered(text: str, number: int) -> str:
    """`text` with the number of the ticket it opens."""
    for form in NUMBER_FORMS:
        text = text.replace(form, str(number))
    return text
