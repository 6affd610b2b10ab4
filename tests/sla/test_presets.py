"""The presets of R90 to R93: every cell by its due time, and how one takes another's place."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from accounts.actions import create_owner
from accounts.models import Department
from calendars.models import BusinessCalendar
from core.models import AuditEntry
from sla.actions.presets import PRESETS, active_preset, apply_preset
from sla.models import PolicySetVersion, QueueTarget, SlaClock, SlaPolicy
from sla.simulator import Outlook, Question, foretell
from sla.versions import rules_for, stored_calendars
from tests.factories import make_department, make_ticket
from tests.sla.conftest import at, priority
from tickets.models import Priority, Service

pytestmark = pytest.mark.django_db

TUESDAY = "2025-02-04 10:00"  # open Mon-Fri 9-18 and Sat 10-16
# Preset, rank, metric, due time of a ticket opened on that Tuesday at ten.
TABLE = [
    ("response-only", 1, "first_response", "2025-02-04 11:00"),
    ("response-only", 2, "first_response", "2025-02-04 14:00"),
    ("response-only", 3, "first_response", "2025-02-06 16:00"),
    ("response-only", 4, "first_response", "2025-02-10 16:00"),
    ("standard", 4, "first_response", "2025-02-06 16:00"),
    ("standard", 4, "resolution", "2025-02-13 13:00"),
    ("standard", 3, "first_response", "2025-02-04 18:00"),
    ("standard", 3, "resolution", "2025-02-06 16:00"),
    ("standard", 2, "first_response", "2025-02-04 12:00"),
    ("standard", 2, "resolution", "2025-02-04 18:00"),
    ("standard", 1, "first_response", "2025-02-04 10:30"),
    ("standard", 1, "resolution", "2025-02-04 12:00"),
    ("erp", 4, "first_response", "2025-02-10 16:00"),
    ("erp", 4, "resolution", "2025-02-12 10:00"),
    ("erp", 3, "first_response", "2025-02-06 16:00"),
    ("erp", 3, "resolution", "2025-02-07 10:00"),
    ("erp", 2, "first_response", "2025-02-04 14:00"),
    ("erp", 2, "resolution", "2025-02-05 10:00"),
    ("erp", 1, "first_response", "2025-02-04 11:00"),
    ("erp", 1, "resolution", "2025-02-04 14:00"),
    ("p1-p4", 1, "first_response", "2025-02-04 11:00"),
    ("p1-p4", 1, "update", "2025-02-04 11:00"),
    ("p1-p4", 1, "resolution", "2025-02-04 14:00"),
    ("p1-p4", 2, "first_response", "2025-02-04 14:00"),
    ("p1-p4", 2, "update", "2025-02-04 14:00"),
    ("p1-p4", 2, "resolution", "2025-02-06 16:00"),
    ("p1-p4", 3, "first_response", "2025-02-04 18:00"),
    ("p1-p4", 3, "update", "2025-02-06 16:00"),
    ("p1-p4", 3, "resolution", "2025-02-13 13:00"),
    ("p1-p4", 4, "first_response", "2025-02-06 16:00"),
    ("p1-p4", 4, "resolution", "2025-02-10 10:00"),
]
# P1 at other times (R99-R101): round the clock, with promises of its own off hours.
OFF_HOURS = [
    ("first_response", "2025-02-04 20:00", "2025-02-04 21:00"),
    ("first_response", "2025-02-09 11:00", "2025-02-09 13:00"),
    ("first_response", "2025-07-04 11:00", "2025-07-04 13:00"),
    ("update", "2025-02-04 20:00", "2025-02-04 20:30"),
    ("update", "2025-02-09 11:00", "2025-02-09 11:30"),
    ("update", "2025-07-04 11:00", "2025-07-04 11:30"),
    ("resolution", "2025-02-09 11:00", "2025-02-09 15:00"),
]


def in_force(slug: str) -> None:
    apply_preset(slug, actor=None, now=at("2025-01-01 00:00"))


def outlook(opened: str, rank: int, **facts: object) -> Outlook:
    newest = PolicySetVersion.objects.latest("pk").pk
    asked = {"priority": priority(rank).pk, "department": 0, "service": None, **facts}
    return foretell(Question(at=at(opened), facts=asked), rules_for(newest), stored_calendars)


def due(opened: str, rank: int, **facts: object) -> dict[str, object]:
    return {row.metric: row.due_at for row in outlook(opened, rank, **facts).promises}


@pytest.mark.parametrize(("slug", "rank", "metric", "expected"), TABLE)
def test_every_cell_of_the_seeds_tables(slug: str, rank: int, metric: str, expected: str) -> None:
    in_force(slug)
    assert due(TUESDAY, rank)[metric] == at(expected)


@pytest.mark.parametrize("slug", list(PRESETS))
def test_nothing_else_is_promised(slug: str) -> None:
    in_force(slug)
    promised = {(rank, metric) for rank in range(1, 5) for metric in due(TUESDAY, rank)}
    assert promised == {row[1:3] for row in TABLE if row[0] == slug}


@pytest.mark.parametrize(("metric", "opened", "expected"), OFF_HOURS)
def test_p1_off_hours(metric: str, opened: str, expected: str) -> None:
    in_force("p1-p4")
    assert due(opened, 1)[metric] == at(expected)


def test_extra_policies_stand_before_in_their_order() -> None:
    in_force("p1-p4")
    assert list(SlaPolicy.objects.values_list("name", flat=True)) == [
        "Excluded", "Security incident", "Data integrity", "Priority support / VIP", "P1-P4",
    ]  # fmt: skip
    feature = Service.objects.get(slug="feature-request")
    assert outlook(TUESDAY, 1, service=feature.pk).excluded == (
        "Not covered by the service agreement"
    )
    night = "2025-02-04 23:00"
    assert due(night, 3, tags=["security incident"]) == {
        "first_response": at("2025-02-04 23:30"),
        "update": at("2025-02-04 23:30"),
    }
    assert due(night, 3, tags=["Data integrity"])["resolution"] == at("2025-02-05 07:00")
    assert due(TUESDAY, 3, customer_vip=True) == {
        "first_response": at("2025-02-04 12:00"),
        "update": at("2025-02-04 14:00"),
        "resolution": at("2025-02-06 16:00"),
    }


def test_policy_whose_services_are_not_here_is_left_out() -> None:
    Service.objects.filter(slug="feature-request").delete()
    in_force("p1-p4")
    assert not SlaPolicy.objects.filter(name="Excluded").exists()


def test_warnings_come_at_three_quarters() -> None:
    in_force("standard")
    first = next(row for row in outlook(TUESDAY, 2).promises if row.metric == "first_response")
    assert first.warnings == (("75%", at("2025-02-04 11:30")),)


def test_priorities_beyond_the_fourth_share_its_promises() -> None:
    Priority.objects.create(slug="wish", name="Wish", rank=9, color="#112233")
    in_force("standard")
    assert due(TUESDAY, 9) == due(TUESDAY, 4)


@pytest.mark.parametrize(
    ("slug", "hours", "calendar"),
    [
        ("general", 4, "24x7"), ("technical", 2, "24x7"), ("billing", 8, None),
        ("emergency", 1, "24x7"), ("feature-requests", 24, None), ("onboarding", 4, None),
    ],
)  # fmt: skip
def test_queues_promise_where_no_policy_does(slug: str, hours: int, calendar: str | None) -> None:
    department = make_department(slug.replace("-", " ").title())
    in_force("p1-p4")
    target = QueueTarget.objects.get(department=department)
    assert (target.amount, target.unit) == (hours, "hours")
    assert (target.calendar and target.calendar.slug) == calendar
    SlaPolicy.objects.all().delete()
    in_force("erp")
    SlaPolicy.objects.all().update(archived_at=at(TUESDAY))
    assert Department.objects.filter(queue_target=target).exists()


def test_another_preset_takes_the_place_and_gives_it_back() -> None:
    own = SlaPolicy.objects.create(name="Harbour", position=5)
    in_force("standard")
    SlaPolicy.objects.filter(preset="standard").update(name="Ours")
    in_force("erp")
    assert active_preset() is PRESETS["erp"]
    assert list(SlaPolicy.objects.active()) == [own, SlaPolicy.objects.get(preset="erp")]
    in_force("standard")
    assert list(SlaPolicy.objects.active().values_list("name", flat=True)) == ["Harbour", "Ours"]
    assert SlaPolicy.objects.count() == 3


def test_what_was_archived_alone_stays_archived() -> None:
    in_force("p1-p4")
    alone = SlaPolicy.objects.filter(name="Data integrity")
    alone.update(archived_at=at("2025-01-02 00:00"))
    apply_preset("erp", actor=None, now=at("2025-01-03 00:00"))
    apply_preset("p1-p4", actor=None, now=at("2025-01-04 00:00"))
    assert not SlaPolicy.objects.active().filter(name="Data integrity").exists()
    assert SlaPolicy.objects.active().count() == 4


def test_seeding_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_presets")
    SlaPolicy.objects.update(name="Ours")
    call_command("seed_presets")
    assert SlaPolicy.objects.get().name == "Ours"
    assert BusinessCalendar.objects.filter(name="Europe").count() == 1
    assert PolicySetVersion.objects.latest("pk").spec["policies"]
    assert AuditEntry.objects.filter(verb="sla_preset_applied").count() == 1
    assert capsys.readouterr().out.endswith("Policy Ours\n")


def test_seeding_names_the_preset() -> None:
    call_command("seed_presets", policy="erp")
    assert active_preset() is PRESETS["erp"]


def test_fresh_installation_promises_the_standard() -> None:
    create_owner("olga@company.example", name="Olga", password="long enough 1", now=at(TUESDAY))
    assert active_preset() is PRESETS["standard"]


def test_owner_of_a_running_installation_finds_its_own_policies() -> None:
    SlaPolicy.objects.create(name="Ours")
    create_owner("olga@company.example", name="Olga", password="long enough 1", now=at(TUESDAY))
    assert active_preset() is None


def test_tickets_get_their_clocks(cleo, technical) -> None:
    in_force("standard")
    ticket = make_ticket(cleo, technical, now=at(TUESDAY))
    clocks = SlaClock.objects.filter(ticket=ticket).order_by("metric")
    assert list(clocks.values_list("metric", "due_at")) == [
        ("first_response", at("2025-02-04 18:00")),
        ("resolution", at("2025-02-06 16:00")),
    ]
