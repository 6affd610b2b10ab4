"""What warranty brings to the stage: assets, a contract, a claim only staff may read."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from accounts.models import User
from customers.actions import AssetFacts, add_asset
from customers.models import Product, ServiceContract
from tickets.actions import NewClaim, link_asset, make_claim
from tickets.actors import Actor
from tickets.models import Ticket

COMPLAINT, NOTES = "canary-complaint-2f6b", "canary-asset-notes-7d1c"
CANARIES = {"complaint": COMPLAINT, "asset_notes": NOTES}


def warranty(ticket: Ticket, ada: User, *, now: datetime) -> SimpleNamespace:
    """A piece of the customer on the ticket, claimed for; spare rows nothing refers to."""
    actor, product = Actor.of_user(ada), Product.objects.create(name="Espresso One")
    facts = AssetFacts(product=product, serial="SN-1", customer=ticket.customer, notes=NOTES)
    asset = add_asset(facts, actor=ada, now=now)
    link_asset(ticket, asset=asset, actor=actor, now=now)
    said = NewClaim(serial="SN-1", complaint=COMPLAINT, issue_date=now.date(), asset=asset)
    contract = ServiceContract.objects.create(
        kind="amc",
        number="C-1",
        customer=ticket.customer,
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=90),
    )
    return SimpleNamespace(
        product=product,
        asset=asset,
        claim=make_claim(ticket, claim=said, actor=actor, now=now),
        contract=contract,
        spare=Product.objects.create(name="Spare"),
    )
