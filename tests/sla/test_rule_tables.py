"""`/admin/sla/queues` and `/admin/sla/exclusions`, and who uses what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from calendars.models import BusinessCalendar
from core.models import AuditEntry
from core.table_rows import usage_words
from sla.actions.presets import apply_preset
from sla.models import PolicySetVersion, QueueTarget, ServiceExclusion, SlaClock
from tests.factories import make_ticket
from tests.sla.conftest import at, priority
from tickets.models import Service

pytestmark = pytest.mark.django_db

QUEUES, EXCLUSIONS = "/admin/sla/queues", "/admin/sla/exclusions"


@pytest.fixture
def manager(sign_in, max_) -> Client:
    return sign_in(max_)


def spec() -> dict[str, Any]:
    found: dict[str, Any] = PolicySetVersion.objects.latest("pk").spec
    return found


def promise_of(department: Any, **changes: Any) -> dict[str, Any]:
    fields = {"department": department.pk, "promise": "4", "promise-unit": "hours"}
    return {**fields, "warnings": "75%", **changes}


def test_department_promises_where_no_policy_does(manager, cleo, technical) -> None:
    around = BusinessCalendar.objects.get(slug="24x7")
    response = manager.post(f"{QUEUES}/add", promise_of(technical, calendar=around.pk))
    assert response.status_code == 303
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 20:00"))
    clock = SlaClock.objects.get(ticket=ticket)
    assert (clock.source, clock.due_at) == ("department", at("2025-02-05 00:00"))
    page = manager.get(QUEUES).text
    assert all(words in page for words in ("Technical", "4 h", "24×7", "75%"))


def test_target_is_changed_and_removed(manager, technical) -> None:
    manager.post(f"{QUEUES}/add", promise_of(technical))
    target = QueueTarget.objects.get()
    url = f"{QUEUES}/{target.pk}"
    version = re.search(r'name="version"\s+value="([0-9a-f]+)"', manager.get(url).text)
    assert version
    changed = promise_of(technical, promise="2", warnings="-30m", version=version[1])
    assert manager.post(url, changed).status_code == 303
    assert spec()["queues"][str(technical.pk)]["thresholds"] == ["-30m"]
    assert spec()["queues"][str(technical.pk)]["amount"] == 2
    entry = AuditEntry.objects.get(verb="changed", subject_kind="queuetarget")
    assert (entry.before["promise"], entry.after["promise"]) == ("4 h", "2 h")
    manager.post(f"{url}/removal")
    assert spec()["queues"] == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"promise": ""}, "Write a whole number, such as 4."),
        ({"promise": "4.5"}, "Write a whole number, such as 4"),
        ({"promise": "", "promise-unit": "none"}, "Write a time, or remove the target."),
        ({"warnings": "1h"}, "“1h” is not a warning time."),
        ({"calendar": "999999"}, "Select a valid choice."),
    ],
)
def test_bad_target_is_refused(manager, technical, changes: dict, message: str) -> None:
    response = manager.post(f"{QUEUES}/add", promise_of(technical, **changes))
    assert response.status_code == 422
    assert message in response.text
    assert not QueueTarget.objects.exists()


def test_department_has_one_target(manager, technical) -> None:
    manager.post(f"{QUEUES}/add", promise_of(technical))
    response = manager.post(f"{QUEUES}/add", promise_of(technical))
    assert response.status_code == 422
    assert "This department has a target already." in response.text
    assert QueueTarget.objects.count() == 1


def test_tickets_of_an_excluded_service_have_no_clocks(manager, cleo, technical) -> None:
    apply_preset("standard", actor=None, now=at("2025-01-01 00:00"))
    service = Service.objects.get(slug="onboarding")
    fields = {"service": service.pk, "reason": "Training is not covered"}
    assert manager.post(f"{EXCLUSIONS}/add", fields).status_code == 303
    ticket = make_ticket(cleo, technical, service=service, now=at("2025-02-04 10:00"))
    ticket.refresh_from_db()
    assert ticket.sla_state == "excluded"
    assert "Training is not covered" in manager.get(EXCLUSIONS).text
    manager.post(f"{EXCLUSIONS}/{ServiceExclusion.objects.get().pk}/removal")
    assert spec()["excluded_services"] == {}


def test_everything_a_policy_uses_says_so(promise, technical, office) -> None:
    service = Service.objects.get(slug="billing")
    asked = {
        "all": [
            {"field": "service", "op": "in", "value": [service.pk]},
            {"field": "department", "op": "is", "value": technical.pk},
        ]
    }
    policy = promise(resolution=8, conditions=asked, calendar=office)
    policy.targets.update(priority=priority(1))
    QueueTarget.objects.create(department=technical, amount=4, calendar=office)
    ServiceExclusion.objects.create(service=service, reason="Training")
    assert usage_words("tickets.priority", priority(1).pk) == ["1 SLA policy"]
    assert usage_words("tickets.service", service.pk) == ["1 SLA policy", "1 exclusion"]
    assert {"1 SLA policy", "1 target of a department"} <= set(
        usage_words("accounts.department", technical.pk)
    )
    assert usage_words("calendars.businesscalendar", office.pk) == [
        "1 SLA policy", "1 target of a department",
    ]  # fmt: skip


def test_policies_count_their_open_tickets(promise, cleo, technical) -> None:
    policy = promise(resolution=8)
    for _number in range(2):
        make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    assert usage_words("sla.slapolicy", policy.pk) == ["2 open tickets"]
