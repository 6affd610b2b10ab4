"""Tickets that are probably about the same: compared here, for the few that come into question.

Trigrams as PostgreSQL's pg_trgm counts them, without the extension: a managed cluster may not
offer it, and at most MAX_COMPARED rows are compared (N19).
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.db.models import Q

from accounts.models import User
from tickets.models import DistinctPair, Message, Ticket, TicketLink
from tickets.models.ticket import TicketQuerySet
from tickets.new_text import new_text

WITHIN = timedelta(hours=24)
MAX_COMPARED = 20
MAX_TEXT = 2000
SUBJECT_ALIKE = 0.45
BODY_ALIKE = 0.5
INCIDENT_ALIKE = 0.3
_WORD = re.compile(r"[^\W_]+")
_PREFIXES = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)


def likely_duplicates(ticket: Ticket, *, user: User) -> list[Ticket]:
    """Open tickets of the same sender or company from the same day, with similar words.

    Three statements at most; those that somebody told apart are left out.
    """
    found = list(_candidates(ticket, user))
    if not found:
        return []
    texts = first_texts([ticket, *found])
    own = _grams(_topic(ticket)), _grams(texts.get(ticket.pk, ""))
    return [
        row
        for row in found
        if _share(own[0], _grams(_topic(row))) >= SUBJECT_ALIKE
        or _share(own[1], _grams(texts.get(row.pk, ""))) >= BODY_ALIKE
    ]


def likely_incident(ticket: Ticket, *, user: User) -> Ticket | None:
    """The open incident this ticket is probably part of: of the same service, or in its words."""
    if ticket.is_incident or ticket.links_out.filter(kind=TicketLink.Kind.PART).exists():
        return None
    seen = Ticket.objects.visible_to(user).open().filter(is_incident=True).exclude(pk=ticket.pk)
    topic = _grams(_topic(ticket))
    for row in seen.order_by("-pk")[:MAX_COMPARED]:
        is_same_service = row.service_id is not None and row.service_id == ticket.service_id
        if is_same_service or _share(topic, _grams(_topic(row))) >= INCIDENT_ALIKE:
            return row
    return None


def likeness(left: str, right: str) -> float:
    """From 0 to 1: the share of trigrams that two texts have in common."""
    return _share(_grams(left), _grams(right))


def first_texts(tickets: list[Ticket]) -> dict[int, str]:
    """What was said first in each ticket, without what it quotes."""
    said = Message.objects.filter(ticket__in=tickets, kind=Message.Kind.INBOUND)
    firsts = said.order_by("ticket", "pk").distinct("ticket").values_list("ticket", "text")
    return {pk: new_text(text)[:MAX_TEXT] for pk, text in firsts}


def _candidates(ticket: Ticket, user: User) -> TicketQuerySet:
    sender = Q(customer=ticket.customer_id)
    if ticket.customer.organisation_id is not None:
        sender |= Q(customer__organisation=ticket.customer.organisation_id)
    apart = DistinctPair.objects.filter(Q(first=ticket) | Q(second=ticket))
    near = (
        Ticket.objects.visible_to(user)
        .open()
        .filter(
            sender,
            created_at__gte=ticket.created_at - WITHIN,
            created_at__lte=ticket.created_at + WITHIN,
        )
    )
    others = near.exclude(pk=ticket.pk).exclude(pk__in=apart.values("first"))
    others = others.exclude(pk__in=apart.values("second"))
    return others.select_related("status", "customer").order_by("-pk")[:MAX_COMPARED]


def _topic(ticket: Ticket) -> str:
    return _PREFIXES.sub("", ticket.full_subject or ticket.subject)


def _grams(text: str) -> frozenset[str]:
    """Three letters each, the beginning of a word weighing more by its two blanks."""
    padded = (f"  {word} " for word in _WORD.findall(text.lower()[:MAX_TEXT]))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def _share(left: frozenset[str], right: frozenset[str]) -> float:
    together = len(left | right)
    return len(left & right) / together if together else 0.0
