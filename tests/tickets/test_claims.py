"""Warranty claims: the cover of the day, guarded steps, visits; notices of covers that end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Department
from core import options
from customers.models import Asset
from notifications.models import Notification
from tests.customers.test_assets import make_asset, make_contract
from tests.factories import make_ticket
from tickets.actions import (
    Booking,
    ClaimFacts,
    NewClaim,
    book_visit,
    change_claim,
    finish_appointment,
    link_asset,
    make_claim,
    merge_tickets,
    unlink_asset,
    unmerge_ticket,
)
from tickets.actors import Actor
from tickets.expiries import tell_expiries
from tickets.models import Event, ExpiryNotice, Merge, Ticket, TicketAsset, WarrantyClaim

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = NOW.date()
State = WarrantyClaim.State


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def asset(cleo) -> Asset:
    return make_asset(cleo, warranty_until=TODAY + timedelta(days=10))


def claim_for(ticket: Ticket, user, asset: Asset | None = None, **fields) -> WarrantyClaim:
    claim = NewClaim(
        serial=fields.pop("serial", asset.serial if asset else "X-1"),
        complaint=fields.pop("complaint", "Does not heat."),
        issue_date=fields.pop("issue_date", TODAY),
        asset=asset,
        **fields,
    )
    return make_claim(ticket, claim=claim, actor=Actor.of_user(user), now=NOW)


def move(claim: WarrantyClaim, user, state: str, **fields) -> WarrantyClaim:
    known = {"complaint": claim.complaint, "issue_date": claim.issue_date, **fields}
    facts = ClaimFacts(state=state, **known)
    return change_claim(claim, facts=facts, actor=Actor.of_user(user), now=NOW)


def test_a_claim_keeps_the_cover_of_its_day(ticket, ada, asset):
    claim = claim_for(ticket, ada, asset)
    assert (claim.cover_kind, claim.cover_until) == ("warranty", TODAY + timedelta(days=10))
    Asset.objects.update(warranty_until=TODAY - timedelta(days=1))
    claim = move(claim, ada, State.IN_PROGRESS)
    assert claim.cover_kind == "warranty"
    assert TicketAsset.objects.filter(ticket=ticket, asset=asset).exists()


def test_another_day_of_the_issue_asks_for_the_cover_again(ticket, ada, asset):
    Asset.objects.update(purchased_on=TODAY - timedelta(days=5))
    asset.refresh_from_db()
    claim = claim_for(ticket, ada, asset)
    claim = move(claim, ada, State.OPEN, issue_date=TODAY - timedelta(days=6))
    assert claim.cover_kind == "none"


def test_a_number_nobody_knows_is_claimed_without_cover(ticket, ada):
    assert claim_for(ticket, ada).cover_kind == "none"


@pytest.mark.parametrize(
    "wrong", [{"complaint": " "}, {"serial": " "}, {"issue_date": TODAY + timedelta(days=2)}]
)
def test_a_claim_needs_number_complaint_and_a_day_that_was(ticket, ada, wrong):
    with pytest.raises(ValidationError):
        claim_for(ticket, ada, **wrong)
    assert not WarrantyClaim.objects.exists()


def test_each_step_is_in_the_history_once(ticket, ada, asset):
    claim = claim_for(ticket, ada, asset)
    claim = move(claim, ada, State.IN_PROGRESS)
    move(claim, ada, State.IN_PROGRESS)
    claim = move(claim, ada, State.COMPLETED, resolution="New valve.")
    rows = Event.objects.filter(ticket=ticket, kind="claim_changed").order_by("pk")
    assert [row.data["step"] for row in rows] == ["made", "in_progress", "completed"]
    assert claim.resolution_date is not None


@pytest.mark.parametrize(
    ("way", "refused"),
    [(("completed",), "cancelled"), (("completed",), "open"), (("cancelled",), "completed")],
)
def test_steps_that_make_no_sense_are_refused(ticket, ada, asset, way, refused):
    claim = claim_for(ticket, ada, asset)
    for state in way:
        claim = move(claim, ada, state, resolution="New valve.")
    with pytest.raises(ValidationError, match="can't go"):
        move(claim, ada, refused, resolution="New valve.")


def test_nothing_is_completed_without_a_resolution(ticket, ada, asset):
    claim = claim_for(ticket, ada, asset)
    with pytest.raises(ValidationError, match="resolved"):
        move(claim, ada, State.COMPLETED)
    claim.refresh_from_db()
    assert claim.state == State.OPEN


def test_a_visit_is_an_appointment_and_its_end_is_the_day_of_the_visit(ticket, ada, asset):
    claim, actor = claim_for(ticket, ada, asset), Actor.of_user(ada)
    starts_at = NOW + timedelta(days=1)
    booking = Booking(
        title="Visit",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        responsible=ada,
        tells_customer=False,
    )
    claim = book_visit(claim, booking=booking, actor=actor, now=NOW)
    assert claim.visit is not None
    assert claim.service_person == ada
    finish_appointment(claim.visit, outcome="", actor=actor, now=NOW)
    claim.refresh_from_db()
    assert isinstance(claim.visited_on, date)


def test_an_asset_is_added_once_and_removed_once(ticket, ada, asset):
    actor = Actor.of_user(ada)
    for _time in range(2):
        link_asset(ticket, asset=asset, actor=actor, now=NOW)
    for _time in range(2):
        unlink_asset(ticket, asset=asset, actor=actor, now=NOW)
    rows = Event.objects.filter(ticket=ticket, kind="asset_changed").order_by("pk")
    assert [row.data["step"] for row in rows] == ["added", "removed"]


def test_an_end_is_told_once_and_a_moved_end_again(cleo, ada, asset):
    cleo.dedicated_agent = ada
    cleo.save()
    make_contract("amc", asset, customer=cleo, starts_on=TODAY, ends_on=TODAY + timedelta(days=3))
    assert tell_expiries(NOW) == 2
    assert tell_expiries(NOW) == 0
    assert Notification.objects.filter(user=ada, kind="ticket.expiry").count() == 2
    Asset.objects.update(warranty_until=TODAY + timedelta(days=20))
    assert tell_expiries(NOW) == 1
    assert ExpiryNotice.objects.count() == 3


def test_what_ends_later_or_is_over_or_out_of_use_is_not_told(cleo, asset):
    options.set_value("tickets.expiry_days", 5, actor=None, now=NOW)
    make_asset(cleo, "S2", warranty_until=TODAY - timedelta(days=3))
    make_asset(cleo, "S3", warranty_until=TODAY, is_archived=True)
    assert tell_expiries(NOW) == 0


def test_without_an_own_agent_the_chosen_or_the_lead_is_told(technical, ada, max_, asset):
    technical.lead = ada
    technical.save()
    tell_expiries(NOW)
    options.set_value("tickets.expiry_people", [max_.email], actor=None, now=NOW)
    Asset.objects.update(warranty_until=TODAY + timedelta(days=11))
    tell_expiries(NOW)
    told = Notification.objects.filter(kind="ticket.expiry").order_by("pk")
    assert [row.user for row in told] == [ada, max_]


def test_without_anybody_chosen_the_managers_are_told(technical, ada, max_, asset):
    assert Department.objects.filter(lead__isnull=False).count() == 0
    tell_expiries(NOW)
    assert [row.user for row in Notification.objects.filter(kind="ticket.expiry")] == [max_]


def test_claims_of_one_customer_follow_a_merge_and_its_undoing(ticket, ada, asset, cleo, technical):
    claim, actor = claim_for(ticket, ada, asset), Actor.of_user(ada)
    primary = make_ticket(cleo, technical)
    merge_tickets(primary, others=[ticket], actor=actor, now=NOW)
    claim.refresh_from_db()
    assert claim.ticket == primary
    unmerge_ticket(Merge.objects.get(), actor=actor, now=NOW)
    claim.refresh_from_db()
    assert claim.ticket == ticket
