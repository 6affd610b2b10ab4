"""Assets put to a ticket, and warranty claims: made, worked on, visited, settled (R168)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.user import house_zone
from core.events import emit
from core.text import clean_line, clean_text
from customers.assets import Cover, CoverKind, cover_of
from customers.models import Asset
from customers.serials import MAX_SERIAL
from tickets.actions.appointments import Booking, book_appointment
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import AssetChanged, ClaimChanged
from tickets.models import Event, Ticket, TicketAsset, WarrantyClaim

MAX_TEXT = 4_000
ADDED, REMOVED, MADE, CHANGED = "added", "removed", "made", "changed"
State = WarrantyClaim.State
# Where a claim may go from each state; back as well, for people err.
STEPS: dict[str, tuple[State, ...]] = {
    State.OPEN: (State.IN_PROGRESS, State.COMPLETED, State.CANCELLED),
    State.IN_PROGRESS: (State.OPEN, State.COMPLETED, State.CANCELLED),
    State.COMPLETED: (State.IN_PROGRESS,),
    State.CANCELLED: (State.OPEN,),
}


@dataclass(frozen=True, kw_only=True)
class NewClaim:
    """What is said at first; `asset` is None for a number nobody knows."""

    serial: str
    complaint: str
    issue_date: date
    asset: Asset | None = None
    service_address: str = ""


@dataclass(frozen=True, kw_only=True)
class ClaimFacts:
    """All that is written down while it is worked on; `state` is where it stands afterwards."""

    state: str
    complaint: str
    issue_date: date
    service_person: User | None = None
    service_address: str = ""
    visited_on: date | None = None
    resolution: str = ""
    resolution_date: date | None = None
    customer_feedback: str = ""


@transaction.atomic
def link_asset(ticket: Ticket, *, asset: Asset, actor: Actor, now: datetime) -> TicketAsset:
    """Say that the ticket is about this piece; twice is once. Emits AssetChanged."""
    ticket = lock_ticket(ticket)
    link, is_new = TicketAsset.objects.get_or_create(
        ticket=ticket, asset=asset, defaults={"added_at": now}
    )
    if is_new:
        _tell_asset(ticket, asset, ADDED, actor=actor, now=now)
    return link


@transaction.atomic
def unlink_asset(ticket: Ticket, *, asset: Asset, actor: Actor, now: datetime) -> None:
    """The ticket is about something else. Emits AssetChanged."""
    ticket = lock_ticket(ticket)
    if TicketAsset.objects.filter(ticket=ticket, asset=asset).delete()[0]:
        _tell_asset(ticket, asset, REMOVED, actor=actor, now=now)


@transaction.atomic
def make_claim(ticket: Ticket, *, claim: NewClaim, actor: Actor, now: datetime) -> WarrantyClaim:
    """Claim for a piece, with the cover of the day of the issue; the ticket is about it then.

    Raises ValidationError without serial number or complaint, and for a day to come. Emits
    ClaimChanged.
    """
    ticket = lock_ticket(ticket)
    cover = _cover(claim.asset, claim.issue_date)
    made = WarrantyClaim(
        ticket=ticket,
        asset=claim.asset,
        serial=clean_line(claim.serial, MAX_SERIAL),
        cover_kind=cover.kind,
        cover_until=cover.until,
        cover_terms=cover.terms,
        created_at=now,
        created_by_name=actor.name[:160],
    )
    if not made.serial:
        raise ValidationError({"serial": _("Give the serial number.")})
    known = _first_facts(claim)
    _fill(made, known, now)
    made.save(force_insert=True)
    if claim.asset is not None:
        defaults = {"added_at": now}
        TicketAsset.objects.get_or_create(ticket=ticket, asset=claim.asset, defaults=defaults)
    return _tell_claim(made, MADE, actor=actor, now=now)


@transaction.atomic
def change_claim(
    claim: WarrantyClaim, *, facts: ClaimFacts, actor: Actor, now: datetime
) -> WarrantyClaim:
    """Write down what is known by now, and take it to its next state.

    Raises ValidationError for a step its state does not allow, and for completing it without
    saying how it was resolved. Another day of the issue asks for the cover again, unless the piece
    is gone. Emits ClaimChanged when something changed.
    """
    claim = locked_claim(claim)
    before = _facts_of(claim)
    if facts.state != claim.state and facts.state not in STEPS[claim.state]:
        raise ValidationError(
            _("The claim can't go from %(old)s to %(new)s.") % _steps(claim, facts)
        )
    _fill(claim, facts, now)
    if claim.issue_date != before.issue_date and claim.asset is not None:
        cover = cover_of(claim.asset, claim.issue_date)
        claim.cover_kind, claim.cover_until = cover.kind, cover.until
        claim.cover_terms = cover.terms
    if _facts_of(claim) == before:
        return claim
    claim.save()
    step = CHANGED if claim.state == before.state else claim.state
    return _tell_claim(claim, step, actor=actor, now=now)


@transaction.atomic
def book_visit(
    claim: WarrantyClaim, *, booking: Booking, actor: Actor, now: datetime
) -> WarrantyClaim:
    """Agree on a visit; who comes is the service person. Raises as `book_appointment` does."""
    claim = locked_claim(claim)
    if claim.state in {State.COMPLETED, State.CANCELLED}:
        raise ValidationError(_("The claim is settled: take it up again before you plan a visit."))
    claim.visit = book_appointment(claim.ticket, booking=booking, actor=actor, now=now)
    claim.service_person = booking.responsible
    claim.save(update_fields=["visit", "service_person"])
    return claim


def locked_claim(claim: WarrantyClaim) -> WarrantyClaim:
    """The claim under the lock of its ticket, as every action takes it."""
    ticket = lock_ticket(claim.ticket)
    rows = WarrantyClaim.objects.select_related("asset__product", "service_person")
    fresh = rows.get(pk=claim.pk)
    fresh.ticket = ticket
    return fresh


def _cover(asset: Asset | None, on: date) -> Cover:
    return cover_of(asset, on) if asset is not None else Cover(kind=CoverKind.NONE)


def _first_facts(claim: NewClaim) -> ClaimFacts:
    place = claim.asset.place if claim.asset is not None else ""
    return ClaimFacts(
        state=State.OPEN,
        complaint=claim.complaint,
        issue_date=claim.issue_date,
        service_address=claim.service_address or place,
    )


def _facts_of(claim: WarrantyClaim) -> ClaimFacts:
    return ClaimFacts(**{field.name: getattr(claim, field.name) for field in fields(ClaimFacts)})


def _fill(claim: WarrantyClaim, facts: ClaimFacts, now: datetime) -> None:
    today = now.astimezone(house_zone()).date()
    for name in ("complaint", "resolution", "customer_feedback"):
        setattr(claim, name, clean_text(getattr(facts, name))[:MAX_TEXT].strip())
    claim.state, claim.issue_date = facts.state, facts.issue_date
    claim.service_person = facts.service_person
    claim.service_address = clean_line(facts.service_address, 300)
    claim.visited_on, claim.resolution_date = facts.visited_on, facts.resolution_date
    if facts.state == State.COMPLETED:
        claim.resolution_date = facts.resolution_date or today
    _refuse_gaps(claim, today)


def _refuse_gaps(claim: WarrantyClaim, today: date) -> None:
    if not claim.complaint:
        raise ValidationError({"complaint": _("Say what is wrong with it.")})
    if claim.issue_date > today:
        raise ValidationError({"issue_date": _("The day of the issue can't be to come.")})
    if claim.state == State.COMPLETED and not claim.resolution:
        raise ValidationError({"resolution": _("Say how it was resolved.")})


def _steps(claim: WarrantyClaim, facts: ClaimFacts) -> dict[str, Any]:
    return {"old": State(claim.state).label, "new": State(facts.state).label}


def _tell_asset(ticket: Ticket, asset: Asset, step: str, *, actor: Actor, now: datetime) -> None:
    _touch(ticket, now)
    kind = Event.Kind.ASSET_CHANGED
    record_event(ticket, kind, actor=actor, now=now, step=step, asset=str(asset))
    emit(AssetChanged(ticket=ticket, actor=actor, now=now, asset=asset, step=step))


def _tell_claim(claim: WarrantyClaim, step: str, *, actor: Actor, now: datetime) -> WarrantyClaim:
    ticket = claim.ticket
    _touch(ticket, now)
    record_event(
        ticket,
        Event.Kind.CLAIM_CHANGED,
        actor=actor,
        now=now,
        step=step,
        claim=claim.pk,
        serial=claim.serial,
        cover=claim.cover_kind,
    )
    emit(ClaimChanged(ticket=ticket, actor=actor, now=now, claim=claim, step=step))
    return claim


def _touch(ticket: Ticket, now: datetime) -> None:
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at"])
