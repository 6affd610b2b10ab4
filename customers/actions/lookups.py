"""Asking other systems about a customer: a row first, a worker asks, what was known stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.pokes import poke
from customers.actions.records import Taken, upsert_records
from customers.connectors import CrmUnavailable, CustomerRef, connector_of
from customers.models import CrmConnection, CrmLookup, CrmRecord, Customer
from customers.records import RecordFacts

TASK = "customers.ask"
BATCH = 20
# Longer than all pages of one customer may take.
LEASE = timedelta(minutes=4)


@transaction.atomic
def order_lookups(customer: Customer, *, now: datetime) -> int:
    """Let a worker ask every system in use about the customer; returns how many are asked.

    What waits already waits on.
    """
    connections = list(CrmConnection.objects.active())
    CrmLookup.objects.bulk_create(
        [CrmLookup(connection=row, customer=customer, due_at=now) for row in connections],
        ignore_conflicts=True,
    )
    idle = CrmLookup.objects.filter(customer=customer, connection__in=connections, due_at=None)
    idle.update(due_at=now)
    if connections:
        poke(TASK)
    return len(connections)


def ask_due(now: datetime) -> int:
    """Ask what waits, the longest first; returns how many were asked."""
    free = CrmLookup.objects.filter(due_at__lte=now).exclude(lease_until__gt=now)
    waiting = free.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(_asked(pk, now) for pk in list(waiting))


def try_connection(connection: CrmConnection, *, now: datetime) -> str:
    """Ask a system who we are, and keep how that went. Raises CrmUnavailable."""
    try:
        name = connector_of(connection).health()
    except CrmUnavailable as failure:
        _note(connection, error=str(failure), now=now)
        raise
    _note(connection, error="", now=now)
    return name


def _asked(pk: int, now: datetime) -> int:
    free = CrmLookup.objects.filter(pk=pk, due_at__lte=now).exclude(lease_until__gt=now)
    if not free.update(lease_until=now + LEASE):
        return 0
    lookup = CrmLookup.objects.select_related("connection", "customer__organisation").get(pk=pk)
    try:
        # Outside of a transaction: nobody waits for another company's computer with locks held.
        found = _fetched(lookup)
    except CrmUnavailable as failure:
        _settle(lookup, error=str(failure), now=now)
    else:
        _take(lookup, found, now)
    return 1


def _fetched(lookup: CrmLookup) -> list[RecordFacts]:
    connection, customer = lookup.connection, lookup.customer
    if not connection.is_active:
        raise CrmUnavailable(_("It is switched off."))
    emails = customer.addresses.filter(kind="email").values_list("value", flat=True)
    organisation = customer.organisation.name if customer.organisation else ""
    return connector_of(connection).fetch(CustomerRef(tuple(emails), organisation))


@transaction.atomic
def _take(lookup: CrmLookup, found: list[RecordFacts], now: datetime) -> Taken:
    customer = lookup.customer
    owned = [_owned(facts, customer) for facts in found]
    taken = upsert_records(owned, source=lookup.connection.source, actor=None, now=now)
    _settle(lookup, error="", now=now)
    return taken


def _owned(facts: RecordFacts, customer: Customer) -> RecordFacts:
    """Contracts are made with organisations; anything else was found by the person's address."""
    if facts.kind == CrmRecord.Kind.CONTRACT and customer.organisation_id is not None:
        return replace(facts, organisation_id=customer.organisation_id)
    return replace(facts, customer_id=customer.pk)


def _settle(lookup: CrmLookup, *, error: str, now: datetime) -> None:
    changes = {"due_at": None, "lease_until": None, "tried_at": now, "last_error": error[:300]}
    if not error:
        changes["fetched_at"] = now
    CrmLookup.objects.filter(pk=lookup.pk).update(**changes)
    _note(lookup.connection, error=error, now=now)


def _note(connection: CrmConnection, *, error: str, now: datetime) -> None:
    changes = {"last_error": error[:300]} if error else {"last_error": "", "last_ok_at": now}
    CrmConnection.objects.filter(pk=connection.pk).update(**changes)
