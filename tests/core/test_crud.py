"""Settings tables: ordered, versioned, archived, removed with a replacement (screens.md 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts.models import Department
from core.models import AuditEntry
from core.registries import Impact, Usage, impact_previews, usage_counts
from tests.factories import make_department

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls", "shop", "registered")]
LIST = "/admin/test/departments"


@pytest.fixture
def shop() -> list[Department]:
    """Three departments in their order; the first one is the default."""
    rows = [make_department(name) for name in ("Sales", "Repair", "Stock")]
    for number, row in enumerate(rows, start=1):
        row.position, row.is_default = number * 10, number == 1
        row.save()
    return rows


@pytest.fixture
def registered() -> Iterator[None]:
    """Members count as uses; renaming has an impact."""

    def members(pks: list[int]) -> dict[int, int]:
        return {pk: Department.objects.get(pk=pk).memberships.count() for pk in pks}

    def renamed(row: Department, changes: dict) -> str:
        return f"renames {changes['name'][0]} everywhere" if "name" in changes else ""

    label = "accounts.department"
    usage_counts.register("test", Usage(label, members, lambda n: f"used by {n} people"))
    impact_previews.register("test", Impact(label, renamed))
    yield
    usage_counts._entries.pop("test")
    impact_previews._entries.pop("test")


@pytest.fixture
def manager(sign_in, max_) -> Client:
    return sign_in(max_)


def entries() -> QuerySet[AuditEntry]:
    """What the table wrote into the log; signing in is somebody else's entry."""
    return AuditEntry.objects.exclude(verb__startswith="signed").order_by("id")


def named(name: str) -> Department:
    return Department.objects.get(name=name)


def version_in(client: Client, row: Department) -> str:
    page = client.get(f"{LIST}/{row.pk}").text
    return re.search(r'name="version"\s+value="([0-9a-f]+)"', page)[1]


def fields(row: Department, **changes: object) -> dict[str, object]:
    values = {
        "name": row.name,
        "slug": row.slug,
        "description": row.description,
        "is_portal_visible": "on",
    }
    return {**values, **changes}


def test_rows_stand_in_their_order_with_their_uses(manager: Client, ben) -> None:
    page = manager.get(LIST).text
    assert page.index("Sales") < page.index("Repair") < page.index("Stock")
    assert "used by 1 people" in page


def test_an_agent_may_not(sign_in, ben) -> None:
    assert sign_in(ben).get(LIST).status_code == 403


def test_a_row_is_added_at_the_end_once(manager: Client, max_) -> None:
    page = manager.get(f"{LIST}/add").text
    key = re.search(r'name="idempotency_key"\s+value="([^"]+)"', page)[1]
    data = {"name": "Billing", "slug": "billing", "idempotency_key": key}
    for _twice in range(2):
        assert manager.post(f"{LIST}/add", data).status_code == 303
    row = named("Billing")
    assert row.position == 40
    entry = entries().get(verb="created")
    assert (entry.actor, entry.subject_name, entry.after["name"]) == (max_, "Billing", "Billing")


def test_a_wrong_form_comes_back_marked(manager: Client) -> None:
    answer = manager.post(f"{LIST}/add", {"name": "", "slug": "a b"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_change_is_saved_and_audited(manager: Client) -> None:
    row = named("Repair")
    data = fields(row, description="Machines", version=version_in(manager, row))
    assert manager.post(f"{LIST}/{row.pk}", data)["Location"] == LIST
    assert named("Repair").description == "Machines"
    entry = entries().get()
    assert (entry.before, entry.after) == ({"description": ""}, {"description": "Machines"})


def test_saving_without_a_change_writes_nothing(manager: Client) -> None:
    row = named("Repair")
    manager.post(f"{LIST}/{row.pk}", fields(row, version=version_in(manager, row)))
    assert not entries().exists()


def test_a_colleague_who_was_faster_is_shown_beside_ones_own_words(manager: Client) -> None:
    row = named("Repair")
    version = version_in(manager, row)
    Department.objects.filter(pk=row.pk).update(description="Theirs")
    answer = manager.post(f"{LIST}/{row.pk}", fields(row, description="Mine", version=version))
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert named("Repair").description == "Theirs"


def test_after_the_conflict_ones_own_words_can_be_saved(manager: Client) -> None:
    row = named("Repair")
    Department.objects.filter(pk=row.pk).update(description="Theirs")
    conflict = manager.post(f"{LIST}/{row.pk}", fields(row, description="Mine", version="old"))
    version = re.search(r'name="version"\s+value="([0-9a-f]+)"', conflict.text)[1]
    manager.post(f"{LIST}/{row.pk}", fields(row, description="Mine", version=version))
    assert named("Repair").description == "Mine"


def test_a_change_that_moves_something_asks_first(manager: Client) -> None:
    row = named("Repair")
    data = fields(row, name="Workshop", version=version_in(manager, row))
    answer = manager.post(f"{LIST}/{row.pk}", data)
    assert "renames Repair everywhere" in answer.text
    assert named("Repair")
    manager.post(f"{LIST}/{row.pk}", {**data, "confirmed": "yes"})
    assert named("Workshop").pk == row.pk


def test_up_and_down_change_places(manager: Client) -> None:
    manager.post(f"{LIST}/{named('Stock').pk}/position", {"direction": "up"})
    order = list(Department.objects.order_by("position").values_list("name", flat=True))
    assert order == ["Sales", "Stock", "Repair"]


def test_at_the_edge_nothing_happens(manager: Client) -> None:
    manager.post(f"{LIST}/{named('Sales').pk}/position", {"direction": "up"})
    assert not entries().exists()


def test_a_row_is_archived_and_brought_back(manager: Client) -> None:
    row = named("Stock")
    manager.post(f"{LIST}/{row.pk}/archive")
    assert named("Stock").archived_at
    assert "Use again" in manager.get(LIST).text
    manager.post(f"{LIST}/{row.pk}/archive/removal")
    assert named("Stock").archived_at is None
    assert list(entries().values_list("verb", flat=True)) == ["archived", "restored"]


def test_a_row_with_a_reason_to_stay_stays(manager: Client) -> None:
    row = named("Sales")
    page = manager.post(f"{LIST}/{row.pk}/archive", follow=True)
    assert "receives what fits nowhere else" in page.text
    assert manager.post(f"{LIST}/{row.pk}/removal").status_code == 409
    assert named("Sales").archived_at is None


def test_an_unused_row_is_removed(manager: Client) -> None:
    row = named("Stock")
    assert "Remove for good" in manager.get(f"{LIST}/{row.pk}/removal").text
    manager.post(f"{LIST}/{row.pk}/removal")
    assert not Department.objects.filter(pk=row.pk).exists()
    assert entries().get().before["name"] == "Stock"


def test_a_used_row_needs_something_in_its_place(manager: Client, ben, billing) -> None:
    refused = manager.post(f"{LIST}/{billing.pk}/removal")
    assert refused.status_code == 409
    assert Department.objects.filter(pk=billing.pk).exists()
    manager.post(f"{LIST}/{billing.pk}/removal", {"replacement": named("Sales").pk})
    assert not Department.objects.filter(pk=billing.pk).exists()
    assert ben.departments.get() == named("Sales")


@pytest.mark.parametrize("replacement", ["999999", "x", "-1"])
def test_only_rows_of_the_table_can_take_its_place(
    manager: Client, ben, billing, replacement: str
) -> None:
    answer = manager.post(f"{LIST}/{billing.pk}/removal", {"replacement": replacement})
    assert answer.status_code == 404


def test_an_archived_row_cannot_take_its_place(manager: Client, ben, billing) -> None:
    Department.objects.filter(name="Stock").update(archived_at=timezone.now())
    data = {"replacement": named("Stock").pk}
    assert manager.post(f"{LIST}/{billing.pk}/removal", data).status_code == 404


@pytest.mark.parametrize("page", ["", "/position", "/archive", "/archive/removal", "/removal"])
def test_rows_that_do_not_exist_are_not_found(manager: Client, page: str) -> None:
    assert manager.post(f"{LIST}/999999{page}").status_code == 404


@pytest.mark.parametrize("page", ["position", "archive", "archive/removal"])
def test_looking_changes_nothing(manager: Client, page: str) -> None:
    assert manager.get(f"{LIST}/{named('Stock').pk}/{page}").status_code == 405


def test_fields_the_form_does_not_have_are_ignored(manager: Client) -> None:
    row = named("Repair")
    data = fields(row, is_default="on", archived_at="2026-01-01", version=version_in(manager, row))
    manager.post(f"{LIST}/{row.pk}", data)
    row.refresh_from_db()
    assert not row.is_default
    assert row.archived_at is None
