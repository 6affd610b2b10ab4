"""Addresses of assets, contracts and claims: assets are staff's, claims their department's."""

from __future__ import annotations

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    DONE_BY_MANAGERS,
    MANAGERS,
    REFUSED_TO_MANAGERS,
    STAFF,
    STALE_FOR_MANAGERS,
    Route,
    named,
    table,
    ticket_post,
    ticket_step,
)
from tests.security.stage import Stage

# No form that was opened before tells which version it changes.
STALE = "302 404 404 404 409 409"


def assets_and_claims() -> dict[str, Route]:
    """The settings tables, the lists, the card of a ticket, the page of a claim."""
    asset, claim = ("warranty.asset.pk",), ("warranty.claim.pk",)
    said = {"complaint": "Cold", "issue_date": "2026-01-05"}
    return {
        **table("products", "warranty.spare", named(warranty_months="12"), "archive", "restore"),
        **table("service_contracts", "warranty.contract", _contract, "archive", "restore"),
        "warranty_settings": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
        "desk:assets": Route(get=STAFF),
        "desk:asset": Route(get=STAFF, at=asset),
        "desk:asset_add": Route(get=MANAGERS, post=DONE_BY_MANAGERS, data=_asset),
        "desk:asset_edit": Route(get=MANAGERS, post=STALE_FOR_MANAGERS, at=asset, data=_asset),
        "desk:claims": Route(get=STAFF),
        "desk:claim": Route(get=DEPARTMENT, post=STALE, at=claim, data=lambda _: said),
        "desk:warranty": Route(get=DEPARTMENT, at=("ticket.number",)),
        **ticket_post("ticket_assets", lambda stage: {"asset": stage.warranty.asset.pk}),
        "desk:ticket_asset_removal": Route(
            post=DONE_BY_DEPARTMENT, at=("ticket.number", "warranty.asset.pk")
        ),
        **ticket_step("ticket_claims", lambda _: {"serial": "SN-1", **said}),
        "desk:claim_visit": Route(
            get=DEPARTMENT,
            post=DONE_BY_DEPARTMENT,
            at=("ticket.number", "warranty.claim.pk"),
            data=_visit,
        ),
    }


def _contract(stage: Stage) -> dict[str, object]:
    return {
        "kind": "amc",
        "number": "C-2",
        "customer_email": stage.cleo.email,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "visits_included": "0",
    }


def _asset(stage: Stage) -> dict[str, object]:
    product = stage.warranty.product.pk
    return {"product": product, "serial": "SN-2", "customer_email": stage.cleo.email}


def _visit(stage: Stage) -> dict[str, object]:
    return {
        "starts_at": "2099-01-05T10:00",
        "minutes": "30",
        "responsible": stage.ada.pk,
        "title": "Visit",
        "confirmed": "on",
    }
