"""Assets: serial numbers, covers, contracts, owners."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.actions import AssetFacts, add_asset, change_asset, merge_customers
from customers.actions.assets import facts_of
from customers.assets import (
    CoverKind,
    Span,
    assets_of,
    assets_with_serial,
    best_cover,
    cover_of,
    warranty_end,
)
from customers.models import Asset, Product, ServiceContract
from customers.serials import serial_key
from tests.factories import make_customer

NOW = timezone.now()
TODAY = date(2026, 5, 12)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2050, 1, 1))
spans = st.lists(
    st.builds(
        Span,
        kind=st.sampled_from([CoverKind.WARRANTY, CoverKind.AMC, CoverKind.CMC]),
        since=st.none() | days,
        until=days,
    ),
    max_size=6,
)


def make_asset(customer=None, serial: str = "SN-4711", **fields) -> Asset:
    product, _is_new = Product.objects.get_or_create(
        name=fields.pop("product", "Espresso One"), defaults={"warranty_months": 24}
    )
    facts = AssetFacts(product=product, serial=serial, customer=customer, **fields)
    return add_asset(facts, actor=None, now=NOW)


def make_contract(kind: str, *assets: Asset, **fields) -> ServiceContract:
    fields = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), **fields}
    number = fields.pop("number", f"{kind}-{ServiceContract.objects.count()}")
    contract = ServiceContract.objects.create(kind=kind, number=number, **fields)
    contract.assets.set(assets)
    return contract


@pytest.mark.parametrize("typed", ["sn-4711 a", "SN4711A", " sn 4711\u2013A ", "\uff33\uff2e4711a"])
def test_a_serial_number_is_one_however_it_is_typed(typed):
    assert serial_key(typed) == "SN4711A"


@given(st.text(max_size=120))
def test_a_key_is_its_own_key(text):
    assert serial_key(serial_key(text)) == serial_key(text)


@given(spans, days)
def test_a_cover_holds_on_its_day_and_none_only_when_none_holds(known, day):
    cover = best_cover(known, day)
    assert cover.is_covered == any(span.holds_on(day) for span in known)
    if cover.is_covered:
        assert cover.until is not None
        assert cover.until >= day
    elif cover.until is not None:
        assert cover.until < day


@given(spans, spans, days)
def test_more_contracts_never_take_a_cover_away(some, more, day):
    if best_cover(some, day).is_covered:
        assert best_cover([*some, *more], day).is_covered


@given(spans, days)
def test_the_order_of_contracts_says_nothing(known, day):
    assert best_cover(known, day) == best_cover(known[::-1], day)


@given(days, st.integers(min_value=0, max_value=600))
def test_a_warranty_ends_so_many_months_on_within_the_month(bought, months):
    end = warranty_end(bought, months)
    assert (end.year * 12 + end.month) - (bought.year * 12 + bought.month) == months
    assert end.day <= bought.day


def test_the_last_of_february_stands_in_for_the_31st():
    assert warranty_end(date(2025, 1, 31), 1) == date(2025, 2, 28)


@pytest.mark.django_db
def test_the_product_says_how_long_the_warranty_is(cleo):
    assert make_asset(cleo, purchased_on=date(2025, 3, 1)).warranty_until == date(2027, 3, 1)
    typed = make_asset(cleo, "B2", purchased_on=date(2025, 3, 1), warranty_until=TODAY)
    assert typed.warranty_until == TODAY


@pytest.mark.django_db
def test_warranty_comes_before_cmc_before_amc(cleo):
    asset = make_asset(cleo, warranty_until=date(2026, 3, 1))
    make_contract("amc", asset)
    make_contract("cmc", asset, ends_on=date(2026, 6, 30))
    kinds = [cover_of(asset, date(2026, month, 1)).kind for month in (2, 5, 8)]
    assert kinds == [CoverKind.WARRANTY, CoverKind.CMC, CoverKind.AMC]
    over = cover_of(asset, date(2027, 1, 1))
    assert (over.kind, over.until) == (CoverKind.NONE, date(2026, 12, 31))
    assert over.words == "No cover since 31 Dec 2026"


@pytest.mark.django_db
def test_a_contract_out_of_use_covers_nothing(cleo):
    asset = make_asset(cleo)
    make_contract("amc", asset, archived_at=NOW)
    assert cover_of(asset, TODAY).words == "No cover is known"


@pytest.mark.django_db
def test_a_number_is_once_for_each_product(cleo, ada):
    make_asset(cleo, "SN-1")
    with pytest.raises(ValidationError, match="serial number"):
        make_asset(cleo, "sn 1")
    make_asset(cleo, "sn 1", product="Grinder")
    assert len(assets_with_serial("S N 1", ada)) == 2


@pytest.mark.django_db
def test_an_asset_belongs_to_somebody(cleo):
    with pytest.raises(ValidationError, match="owns"):
        make_asset(None)


@pytest.mark.django_db
def test_customers_have_no_look_at_assets(cleo):
    make_asset(cleo)
    assert not Asset.objects.visible_to(cleo.user).exists()


@pytest.mark.django_db
def test_a_changed_asset_is_in_the_audit_log_and_out_of_use_it_is_not_offered(cleo, harbour):
    asset = make_asset(None, organisation=harbour)
    assert list(assets_of(cleo)) == [asset]
    known = facts_of(asset)
    gone = AssetFacts(**{**vars(known), "is_archived": True})
    change_asset(asset, facts=gone, actor=None, now=NOW)
    assert not assets_of(cleo).exists()


@pytest.mark.django_db
def test_assets_follow_the_customer_they_are_merged_into(cleo, max_):
    other = make_customer("Cleopatra", "cleopatra@harbour.example")
    asset = make_asset(other)
    contract = make_contract("amc", asset, customer=other)
    merge_customers(other, survivor=cleo, actor=max_, now=NOW)
    asset.refresh_from_db()
    contract.refresh_from_db()
    assert (asset.customer, contract.customer) == (cleo, cleo)


@pytest.mark.django_db
def test_what_ends_soon_is_listed_by_warranty_and_by_contract(cleo):
    soon = make_asset(cleo, "S1", warranty_until=TODAY + timedelta(days=30))
    make_asset(cleo, "S2", warranty_until=TODAY + timedelta(days=31))
    make_asset(cleo, "S3", warranty_until=TODAY - timedelta(days=1))
    covered = make_asset(cleo, "S4")
    make_contract("cmc", covered, ends_on=TODAY)
    assert set(Asset.objects.ending(TODAY, days=30)) == {soon, covered}


@pytest.mark.django_db
def test_managers_keep_products_and_contracts_and_a_wrong_number_is_named(sign_in, max_, cleo):
    asset = make_asset(cleo)
    client = sign_in(max_)
    fields = {
        "kind": "amc", "number": "C-1", "customer_email": cleo.email, "serials": "sn4711",
        "starts_on": "2026-01-01", "ends_on": "2026-12-31", "visits_included": "2",
    }  # fmt: skip
    wrong = client.post("/admin/service_contracts/add", {**fields, "serials": "sn4711\nX9"})
    assert wrong.status_code == 422
    assert "No asset has this serial number: X9" in wrong.content.decode()
    assert client.post("/admin/service_contracts/add", fields).status_code == 303
    contract = ServiceContract.objects.get()
    assert (list(contract.assets.all()), contract.customer) == ([asset], cleo)
    assert client.post("/admin/products/add", {"name": "Mill", "warranty_months": "12"})
    assert Product.objects.filter(name="Mill").exists()
