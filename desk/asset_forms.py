"""Forms of assets and warranty claims."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from core.form_conflicts import VersionedForm
from customers.actions import AssetFacts, add_asset, change_asset
from customers.asset_forms import (
    CustomerByMailField,
    OrganisationByNameField,
    nameless_owner,
    owner_as_typed,
)
from customers.assets import assets_with_serial
from customers.models import Asset, Product
from customers.serials import MAX_SERIAL
from desk.appointment_forms import AppointmentForm
from desk.asset_lines import today
from desk.step_forms import NoteField, StepForm
from desk.work_forms import ColleagueField
from tickets import actions
from tickets.actions import Booking, ClaimFacts, NewClaim
from tickets.actions.claims import locked_claim
from tickets.actors import Actor
from tickets.forms import LineField
from tickets.models import Ticket, WarrantyClaim

LAST_YEAR = 2200


class DayField(forms.DateField):
    """A day from the calendar of the browser; years nobody means are refused."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """The day. Raises ValidationError for one out of reason."""
        day = super().clean(value)
        if isinstance(day, date) and not 1950 <= day.year <= LAST_YEAR:  # noqa: PLR2004 -- a year
            raise ValidationError(gettext("Choose another day."))
        return day


class AssetForm(VersionedForm, forms.Form):
    """A piece and who owns it."""

    product = forms.ModelChoiceField(queryset=Product.objects.none(), label=_("Product"))
    serial = LineField(label=_("Serial number"), max_length=MAX_SERIAL)
    customer_email = CustomerByMailField(required=False)
    organisation_name = OrganisationByNameField(required=False)
    purchased_on = DayField(label=_("Bought on"), required=False)
    warranty_until = DayField(
        label=_("Warranty until"),
        required=False,
        help_text=_("Empty: so long after the purchase as the product says."),
    )
    place = LineField(label=_("Where it stands"), max_length=300, required=False)
    notes = NoteField(label=_("Notes"), required=False, help_text=_("Only staff sees them."))
    is_archived = forms.BooleanField(label=_("Out of use"), required=False)

    def __init__(
        self, data: Any = None, *, asset: Asset | None = None, initial: Any = None
    ) -> None:
        super().__init__(data, initial=_asset_as_typed(asset) if asset else initial)
        self.asset = asset
        offered = Q(archived_at=None) | Q(pk=asset.product_id if asset else None)
        self.fields["product"].queryset = Product.objects.filter(offered)  # type: ignore[attr-defined] # a ModelChoiceField

    @property
    def facts(self) -> AssetFacts:
        """What a valid form says."""
        said = dict(self.cleaned_data)
        owner = said.pop("customer_email") or nameless_owner(self.asset)
        return AssetFacts(customer=owner, organisation=said.pop("organisation_name"), **said)

    @transaction.atomic
    def save_asset(self, *, actor: User, now: datetime) -> Asset | None:
        """Call the action; None leaves its refusal, or what others changed, on the form."""
        if self.asset is not None and self.is_outdated(AssetForm(asset=_locked(self.asset))):
            return None
        if not self.is_valid():
            return None
        try:
            if self.asset is None:
                return add_asset(self.facts, actor=actor, now=now)
            return change_asset(self.asset, facts=self.facts, actor=actor, now=now)
        except ValidationError as refusal:
            self.add_error(None, refusal)
            return None


class NewClaimForm(StepForm):
    """Four fields: which piece, since when, what is wrong, where to go."""

    serial = LineField(label=_("Serial number"), max_length=MAX_SERIAL)
    issue_date = DayField(label=_("Issue since"))
    complaint = NoteField(label=_("Complaint"))
    service_address = LineField(
        label=_("Service address"),
        max_length=300,
        required=False,
        help_text=_("Empty: where the asset stands."),
    )
    asset = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Make the claim."""
        said = dict(self.cleaned_data)
        asset = _meant(said["serial"], said.pop("asset"), ticket=self.ticket, user=self.user)
        actions.make_claim(self.ticket, claim=NewClaim(asset=asset, **said), actor=actor, now=now)


class ClaimForm(VersionedForm, forms.Form):
    """All that is written down while a claim is worked on."""

    complaint = NoteField(label=_("Complaint"))
    issue_date = DayField(label=_("Issue since"))
    service_person = ColleagueField(label=_("Service person"), required=False)
    service_address = LineField(label=_("Service address"), max_length=300, required=False)
    visited_on = DayField(label=_("Visited on"), required=False)
    resolution = NoteField(label=_("Resolution"), required=False)
    resolution_date = DayField(label=_("Resolved on"), required=False)
    customer_feedback = NoteField(label=_("What the customer says"), required=False, rows=3)
    state = forms.ChoiceField(choices=WarrantyClaim.State, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, claim: WarrantyClaim) -> None:
        known = {name: getattr(claim, name) for name in self.base_fields if name != "state"}
        super().__init__(data, initial={**known, "service_person": claim.service_person_id})
        self.claim = claim
        field: Any = self.fields["service_person"]
        field.offer(claim.ticket, empty=_("Nobody yet"), known=claim.service_person)

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """All but the state, which the buttons say."""
        return [self[name] for name in self.fields if name != "state"]

    @transaction.atomic
    def save_claim(self, *, actor: Actor, now: datetime) -> bool:
        """Call the action; False leaves its refusal, or what others changed, on the form."""
        stored = ClaimForm(claim=locked_claim(self.claim))
        if self.is_outdated(stored) or not self.is_valid():
            return False
        said = {**self.cleaned_data, "state": self.cleaned_data["state"] or self.claim.state}
        try:
            actions.change_claim(self.claim, facts=ClaimFacts(**said), actor=actor, now=now)
        except ValidationError as refusal:
            self.add_error(None, refusal)
        return not self.errors


class VisitForm(AppointmentForm):
    """An appointment for a claim, with where to go."""

    def __init__(
        self, data: Any = None, *, ticket: Ticket, user: User, claim: WarrantyClaim
    ) -> None:
        super().__init__(data, ticket=ticket, user=user)
        self.claim = claim
        person: Any = self.fields["responsible"]
        person.offer(ticket, known=claim.service_person)
        self.initial["place"] = claim.service_address
        self.initial["responsible"] = claim.service_person_id or user.pk

    def book(self, booking: Booking, *, actor: Actor, now: datetime) -> None:
        """As the visit of the claim."""
        actions.book_visit(self.claim, booking=booking, actor=actor, now=now)


def started_claim(asset: Asset | None) -> dict[str, Any]:
    """What a new claim usually says: today, and the piece it was begun from."""
    day = {"issue_date": today(clock.now())}
    return {**day, "serial": asset.serial, "asset": asset.pk} if asset else day


def _meant(serial: str, chosen: int | None, *, ticket: Ticket, user: User) -> Asset | None:
    """The piece of that number: the chosen one, the only one, or the customer's own."""
    found = assets_with_serial(serial, user)
    picked = [row for row in found if row.pk == chosen]
    own = [row for row in found if row.customer_id == ticket.customer_id]
    for fits in (picked, found, own):
        if len(fits) == 1:
            return fits[0]
    if found:
        refusal = gettext("Several products have this serial number: check the warranty first.")
        raise ValidationError({"serial": refusal})
    return None


def _locked(asset: Asset) -> Asset:
    return Asset.objects.select_for_update(of=("self",)).fully_read().get(pk=asset.pk)


def _asset_as_typed(asset: Asset) -> dict[str, Any]:
    names = ("serial", "purchased_on", "warranty_until", "place", "notes")
    known = {name: getattr(asset, name) for name in names}
    return {
        **known,
        **owner_as_typed(asset),
        "product": asset.product_id,
        "is_archived": asset.archived_at is not None,
    }
