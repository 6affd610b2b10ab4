"""Two people change one view, one asset, one claim: who is slower is told, and loses nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.models import Asset
from tests.customers.test_assets import make_asset
from tests.desk.test_saved_views import VIEWS, is_, make_view, posted
from tests.factories import make_ticket
from tickets.actions import NewClaim, make_claim
from tickets.actors import Actor
from tickets.models import Priority, SavedView, WarrantyClaim

pytestmark = pytest.mark.django_db


def version_at(client, page: str) -> str:
    return client.get(page).context["form"].version


def told(response) -> dict[str, tuple[str, str]]:
    return {one.label: (one.theirs, one.yours) for one in response.context["form"].differences}


def test_a_view_that_was_changed_meanwhile(sign_in, max_, owner):
    view = make_view(None, is_("priority", Priority.objects.get(rank=1).pk), name="Ours")
    page, client = f"{VIEWS}/{view.pk}", sign_in(max_)
    version = version_at(client, page)
    assert f'name="version" value="{version}"' in client.get(page).content.decode()
    SavedView.objects.filter(pk=view.pk).update(name="Theirs", columns=["status", "due"])
    mine = posted(name="Mine", scope="all", version=version)
    answer = client.post(page, mine)
    assert answer.status_code == 409
    assert told(answer)["Name"] == ("Theirs", "Mine")
    assert set(told(answer)) == {"Name", "Conditions"}
    assert 'value="Mine"' in answer.content.decode()
    assert "Somebody else saved this" in answer.content.decode()
    assert SavedView.objects.get().name == "Theirs"
    again = {**mine, "version": answer.context["form"].version}
    assert client.post(page, again).status_code == 303
    assert SavedView.objects.get().name == "Mine"


def test_another_row_of_conditions_keeps_the_version_of_the_beginning(sign_in, ada):
    view = make_view(ada, name="Before")
    page, client = f"{VIEWS}/{view.pk}", sign_in(ada)
    version = version_at(client, page)
    SavedView.objects.filter(pk=view.pk).update(name="Theirs")
    step = client.post(
        page, posted(version=version, conditions_add="", **{"_add_condition": "conditions"})
    )
    assert step.status_code == 200
    assert step.context["form"].version == version
    assert client.post(page, posted(version=version)).status_code == 409


def test_the_same_said_twice_is_no_conflict(sign_in, ada):
    view = make_view(ada, name="Before", columns=["status", "due"])
    client = sign_in(ada)
    version = version_at(client, f"{VIEWS}/{view.pk}")
    SavedView.objects.filter(pk=view.pk).update(name="Mine")
    assert client.post(f"{VIEWS}/{view.pk}", posted(version=version)).status_code == 303


def test_an_asset_that_was_changed_meanwhile(sign_in, max_, cleo):
    asset = make_asset(cleo)
    page, client = f"/admin/assets/{asset.pk}/edition", sign_in(max_)
    fields = {"product": asset.product_id, "serial": asset.serial, "place": "Hall 3"}
    fields |= {"customer_email": "cleo@harbour.example", "version": version_at(client, page)}
    Asset.objects.filter(pk=asset.pk).update(place="Bar", notes="Line one\nLine two")
    answer = client.post(page, {**fields, "notes": "Line one\r\nLine two"})
    assert answer.status_code == 409
    assert told(answer)["Where it stands"] == ("Bar", "Hall 3")
    assert "Notes" not in told(answer)
    assert 'value="Hall 3"' in answer.content.decode()
    asset.refresh_from_db()
    assert asset.place == "Bar"
    fields["version"] = answer.context["form"].version
    assert client.post(page, fields).status_code == 303


def test_a_claim_that_was_changed_meanwhile(sign_in, ada, cleo, technical):
    ticket, today = make_ticket(cleo, technical), timezone.now().date()
    facts = NewClaim(serial="A1", issue_date=today, complaint="Cold")
    make_claim(ticket, claim=facts, actor=Actor.of_user(ada), now=timezone.now())
    claim, client = WarrantyClaim.objects.get(), sign_in(ada)
    page = f"/admin/warranty_claims/{claim.pk}"
    said = {
        "complaint": "Cold",
        "issue_date": today.isoformat(),
        "version": version_at(client, page),
    }
    WarrantyClaim.objects.filter(pk=claim.pk).update(resolution="New valve")
    answer = client.post(page, {**said, "resolution": "New seal", "state": "completed"})
    assert answer.status_code == 409
    assert told(answer) == {"Resolution": ("New valve", "New seal")}
    assert "New seal</textarea>" in answer.content.decode()
    assert WarrantyClaim.objects.get().state == "open"
    said["version"] = answer.context["form"].version
    client.post(page, {**said, "resolution": "New seal", "state": "completed"})
    claim.refresh_from_db()
    assert (claim.state, claim.resolution) == ("completed", "New seal")
