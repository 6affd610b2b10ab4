"""The list of warranty claims, and the page of one (R168)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.keyset import Order, page_of
from core.moments import moment_mark
from core.text import clean_line
from customers.models import Asset
from customers.serials import serial_key
from desk.asset_lines import ClaimLine, claim_line, cover_at
from desk.links import assets_url, claims_url, ticket_url
from tickets.actions.claims import STEPS
from tickets.models import WarrantyClaim
from tickets.models.warranty import ClaimQuerySet

LATEST = Order(("id",), is_descending=True)
ALL, MINE = "all", "mine"
MAX_FOUND = 500
State = WarrantyClaim.State


@dataclass(frozen=True, kw_only=True)
class ClaimsPage:
    """The list as its template prints it."""

    text: str
    state: str
    tabs: list[tuple[str, str, bool]]
    lines: list[ClaimLine]
    previous_url: str
    next_url: str


@dataclass(frozen=True, kw_only=True)
class ClaimPage:
    """One claim; `steps` are the states it may go to, as value and words of a button."""

    claim: WarrantyClaim
    line: ClaimLine
    terms: str
    asset_url: str
    subject: str
    customer: str
    visit: SafeString | str
    visit_url: str
    steps: list[tuple[str, str]]
    made: SafeString


def claims_page(user: User, query: QueryDict) -> ClaimsPage:
    """Claims of tickets `user` may see, the latest first: of one state, one's own, or all."""
    text, state = clean_line(query.get("q", ""), 200), query.get("state", "")
    state = state if state in {ALL, MINE, *State.values} else State.OPEN.value
    rows = _of_state(WarrantyClaim.objects.visible_to(user), state, user)
    rows = rows.select_related("ticket", "asset__product", "service_person")
    page = page_of(rows.filter(_fitting(text)) if text else rows, LATEST, query)
    return ClaimsPage(
        text=text,
        state=state,
        tabs=[(words, claims_url(q=text, state=key), key == state) for key, words in _tabs()],
        lines=[claim_line(row) for row in page.rows],
        previous_url=claims_url(q=text, state=state, before=page.previous) if page.previous else "",
        next_url=claims_url(q=text, state=state, after=page.next) if page.next else "",
    )


def claim_page(claim: WarrantyClaim) -> ClaimPage:
    """One claim that was read with ticket, customer, asset, service person and visit."""
    line, is_settled = claim_line(claim), claim.state in {State.COMPLETED, State.CANCELLED}
    part = f"claims/{claim.pk}/visit"
    return ClaimPage(
        claim=claim,
        line=line,
        terms=cover_at(claim).terms,
        asset_url=assets_url(claim.asset_id) if claim.asset_id else "",
        subject=claim.ticket.subject,
        customer=claim.ticket.customer.display_name,
        visit=moment_mark(claim.visit.starts_at, now=claim.created_at) if claim.visit else "",
        visit_url="" if is_settled else ticket_url(claim.ticket.number, part=part),
        steps=[(state.value, _step_words(claim, state)) for state in STEPS[claim.state]],
        made=moment_mark(claim.created_at, now=claim.created_at),
    )


def _of_state(rows: ClaimQuerySet, state: str, user: User) -> ClaimQuerySet:
    if state == ALL:
        return rows
    if state == MINE:
        return rows.filter(service_person=user.pk, state__in=(State.OPEN, State.IN_PROGRESS))
    return rows.filter(state=state)


def _fitting(text: str) -> Q:
    """By the beginning of the serial number."""
    known = Asset.objects.filter(serial_key__startswith=serial_key(text)).order_by()
    ids = list(known.values_list("pk", flat=True)[:MAX_FOUND])
    return Q(asset__in=ids) | Q(serial__istartswith=text)


def _tabs() -> list[tuple[str, str]]:
    states = [(state.value, str(state.label)) for state in State]
    return [*states, (MINE, _("Mine")), (ALL, _("All"))]


def _step_words(claim: WarrantyClaim, state: State) -> str:
    if state == State.OPEN or claim.state == State.COMPLETED:
        return _("Save and take it up again")
    return {
        State.IN_PROGRESS: _("Save and begin work"),
        State.COMPLETED: _("Save and complete"),
        State.CANCELLED: _("Cancel the claim"),
    }[state]
