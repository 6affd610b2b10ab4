"""What the company knows of its large customers: records, machines, contracts, notes (R162)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from customers.actions.assets import AssetFacts, add_asset
from customers.actions.notes import add_note, pin_note
from customers.actions.records import upsert_records
from customers.models import (
    Asset,
    CrmRecord,
    Customer,
    CustomerNote,
    Organisation,
    Product,
    ServiceContract,
)
from customers.records import RecordFacts
from helpdesk.demo.stories import PRODUCTS
from helpdesk.demo.teams import OWNER

SOURCE = "demo"
GRINDER_SERIAL = "KC-24811"
TERMS = (
    "Boiler, pump and electronics for the whole time; discs, seals and filters are wearing parts. "
    "Void when opened by anybody but a service partner."
)
MONTHS = {"K2 Pro": 36, "Filter Duo": 12}
Kind, Status = CrmRecord.Kind, CrmRecord.Status


@dataclass(frozen=True)
class RecordPlan:
    """A document of the shop's books; the days are counted from the present."""

    organisation: str
    kind: str
    number: str
    title: str
    status: str
    amount: str
    issued: int
    due: int | None = None
    tracking: str = ""


RECORDS = (
    RecordPlan("Lumen Hotels", Kind.CONTRACT, "C-118", "Service for 14 machines", Status.ACTIVE,
               "22500.00", -300, 65),
    RecordPlan("Lumen Hotels", Kind.OPPORTUNITY, "Q-702", "New hotel in Leipzig", Status.OPEN,
               "31800.00", -2),
    RecordPlan("Lumen Hotels", Kind.INVOICE, "INV-7014", "Service, third quarter", Status.PAID,
               "5625.00", -70, -40),
    RecordPlan("Lumen Hotels", Kind.ORDER, "SO-2291", "Two Crane Barista", Status.SHIPPED,
               "11980.00", -3, None, "KC000918273DE"),
    RecordPlan("Harbour Foods", Kind.INVOICE, "INV-6988", "Beans and filters", Status.OVERDUE,
               "1284.50", -52, -22),
    RecordPlan("Harbour Foods", Kind.CONTRACT, "C-101", "Service for the staff restaurant",
               Status.ACTIVE, "14200.00", -200, 165),
    RecordPlan("Harbour Foods", Kind.ORDER, "SO-2240", "Monthly order of beans", Status.DELIVERED,
               "2310.00", -33, None, "KC000911405DE"),
    RecordPlan("Ostrava Logistics", Kind.INVOICE, "INV-7055", "Three K1 Office", Status.OPEN,
               "4170.00", -9, 21),
    RecordPlan("Ostrava Logistics", Kind.OPPORTUNITY, "Q-688", "Machines for the depot",
               Status.OPEN, "8400.00", -16),
    RecordPlan("Café Marlene", Kind.ORDER, "SO-2287", "New grinding discs", Status.SHIPPED,
               "0.00", -1, None, "KC000918201DE"),
    RecordPlan("Café Marlene", Kind.INVOICE, "INV-6901", "G3 grinder", Status.PAID,
               "1190.00", -400, -370),
)  # fmt: skip

# organisation, product, serial number, days since it was bought, place
MACHINES = (
    ("Café Marlene", "G3 grinder", GRINDER_SERIAL, 400, "Behind the bar"),
    ("Harbour Foods", "K2 Pro", "KC-20117", 900, "Staff restaurant, left"),
    ("Harbour Foods", "K2 Pro", "KC-20118", 900, "Staff restaurant, right"),
    ("Lumen Hotels", "Crane Barista", "KC-22640", 715, "Hamburg, bar"),
    ("Lumen Hotels", "K2 Pro", "KC-22641", 1180, "Hamburg, breakfast room"),
    ("Ostrava Logistics", "K1 Office", "KC-28002", 9, "Second floor"),
)
# kind, number, organisation, days since its beginning, visits included
CONTRACTS = (
    (ServiceContract.Kind.CMC, "CMC-118", "Lumen Hotels", 340, 4),
    (ServiceContract.Kind.AMC, "AMC-101", "Harbour Foods", 200, 2),
)
NOTES = (
    ("Lumen Hotels", "Ask for the house before anything else: each hotel has machines of its own."),
    ("Harbour Foods", "The canteen opens at 11. Do not call between 11 and 14."),
)


@transaction.atomic
def found_holdings(staff: dict[str, User], *, now: datetime) -> None:
    """Records, machines, contracts and notes; nothing where there is a record already."""
    if CrmRecord.objects.filter(source=SOURCE).exists():
        return
    owner, today = staff[OWNER], now.date()
    organisations = {row.name: row for row in Organisation.objects.all()}
    batch = [_record(plan, organisations, today) for plan in RECORDS]
    upsert_records(batch, source=SOURCE, actor=owner, now=now)
    assets = _machines(organisations, owner, now)
    _contracts(organisations, assets, today)
    _notes(organisations, owner, now)


def _record(plan: RecordPlan, organisations: dict[str, Organisation], today: date) -> RecordFacts:
    until = None if plan.due is None else today + timedelta(days=plan.due)
    issued = today + timedelta(days=plan.issued)
    days: dict[str, Any] = {"issued_on": issued, "due_on": until}
    if plan.kind == Kind.CONTRACT:
        days = {"starts_on": issued, "ends_on": until}
    return RecordFacts(
        kind=plan.kind,
        external_id=plan.number,
        number=plan.number,
        title=plan.title,
        status=plan.status,
        amount=Decimal(plan.amount),
        currency="EUR",
        tracking_number=plan.tracking,
        delivery_note=plan.number.replace("SO", "DN") if plan.tracking else "",
        organisation_id=organisations[plan.organisation].pk,
        **days,
    )


def _machines(organisations: dict[str, Organisation], owner: User, now: datetime) -> list[Asset]:
    products = {
        name: Product.objects.get_or_create(
            name=name, defaults={"warranty_months": MONTHS.get(name, 24), "terms": TERMS}
        )[0]
        for name in PRODUCTS
    }
    facts = (
        AssetFacts(
            product=products[product],
            serial=serial,
            organisation=organisations[organisation],
            purchased_on=now.date() - timedelta(days=age),
            place=place,
        )
        for organisation, product, serial, age, place in MACHINES
    )
    return [add_asset(one, actor=owner, now=now) for one in facts]


def _contracts(organisations: dict[str, Organisation], assets: list[Asset], today: date) -> None:
    for kind, number, organisation, age, visits in CONTRACTS:
        holder, begin = organisations[organisation], today - timedelta(days=age)
        contract = ServiceContract.objects.create(
            kind=kind,
            number=number,
            organisation=holder,
            starts_on=begin,
            ends_on=begin + timedelta(days=364),
            visits_included=visits,
        )
        contract.assets.set(row for row in assets if row.organisation_id == holder.pk)


def _notes(organisations: dict[str, Organisation], owner: User, now: datetime) -> None:
    for name, text in NOTES:
        people = Customer.objects.filter(organisation=organisations[name]).order_by("pk")
        if (customer := people.first()) is not None and not CustomerNote.objects.filter(text=text):
            note = add_note(customer, text=text, actor=owner, now=now)
            pin_note(note, pinned=True, actor=owner, now=now)
