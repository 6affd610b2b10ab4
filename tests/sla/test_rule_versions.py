"""The history of the rules in words, and earlier policies brought back as a new version (N11)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.models import AuditEntry
from sla.actions.restoring import restore_policies
from sla.actions.rules import put_in_force
from sla.differences import Names, changes
from sla.models import PolicySetVersion, QueueTarget, ServiceExclusion, SlaPolicy, SlaTarget
from tests.sla.conftest import at, priority
from tickets.models import Service, Status

pytestmark = pytest.mark.django_db
NOW = at("2025-02-04 10:00")


@pytest.fixture
def tightened(promise) -> PolicySetVersion:
    """The first version; since then eight hours became four, and a policy came."""
    policy = promise(first_response=4, resolution=8)
    first = PolicySetVersion.objects.latest("pk")
    SlaTarget.objects.filter(metric="resolution").update(amount=4)
    SlaTarget.objects.create(
        policy=policy, metric="update", amount=30, unit="minutes", priority=priority(1)
    )
    SlaPolicy.objects.create(name="Friends", position=5)
    put_in_force(actor=None, now=at("2025-02-01 10:00"))
    return first


def told() -> list[str]:
    """What the newest version changed."""
    new, old = PolicySetVersion.objects.order_by("-pk")[:2]
    return changes(old.spec, new.spec, Names.today())


def test_changed_promises_are_told_in_words(tightened):
    assert told() == [
        "Policy “Friends” was added.",
        "Policy “Everybody”, any priority, Resolution: 8 h, warning at 75% → 4 h, warning at 75%",
        "Policy “Everybody”, Urgent, Update: nothing → 30 m",
    ]


def test_everything_else_is_told_too(promise, technical, office):
    policy = promise(resolution=8)
    service = Service.objects.first()
    QueueTarget.objects.create(department=technical, amount=2, unit="hours")
    ServiceExclusion.objects.create(service=service, reason="No support")
    Status.objects.filter(slug="hold").update(pauses_sla=["update"])
    SlaPolicy.objects.filter(pk=policy.pk).update(name="All", is_enabled=False, calendar=office)
    put_in_force(actor=None, now=NOW)
    assert told() == [
        "Policy “Everybody” is called “All”.",
        "Policy “All” is not in use any more.",
        "Policy “All”, calendar: the department's or the default calendar → "
        "Standard business hours",
        "Target of department “Technical”: nothing → 2 h",
        f"Service “{service}” has no deadlines: No support",
        "Status “On Hold” pauses: Update",
    ]


def test_policies_come_back_as_a_new_version(tightened, max_):
    version = restore_policies(tightened, actor=max_, now=NOW)
    assert version.pk > tightened.pk
    assert version.created_by == max_
    targets = SlaTarget.objects.filter(policy__name="Everybody").order_by("metric")
    assert list(targets.values_list("metric", "amount")) == [
        ("first_response", 4),
        ("resolution", 8),
    ]
    assert SlaPolicy.objects.get(name="Friends").archived_at == NOW
    entry = AuditEntry.objects.get(verb="sla_policies_restored")
    assert "Policy “Friends” is not in use any more." in entry.after["changes"]


def test_restoring_what_is_in_force_is_refused(promise, max_):
    promise(resolution=8)
    with pytest.raises(ValidationError):
        restore_policies(PolicySetVersion.objects.latest("pk"), actor=max_, now=NOW)
    assert PolicySetVersion.objects.count() == 1


def test_page_lists_versions_and_brings_them_back(tightened, max_, sign_in):
    client = sign_in(max_)
    page = client.get(reverse("sla_versions")).content.decode()
    assert "Policy “Friends” was added." in page
    assert "The first version." in page
    url = reverse("sla_restoration", args=[tightened.pk])
    assert f'href="{url}"' in page
    assert "4 h, warning at 75% → 8 h, warning at 75%" in client.get(url).content.decode()
    assert client.post(url)["Location"] == reverse("sla_versions")
    assert PolicySetVersion.objects.count() == 3


def test_second_restoration_says_that_nothing_is_left_to_do(tightened, max_, sign_in):
    client, url = sign_in(max_), reverse("sla_restoration", args=[tightened.pk])
    client.post(url)
    assert "The policies are like that already." in client.get(url).content.decode()
    client.post(url)
    assert PolicySetVersion.objects.count() == 3


def test_agents_do_not_see_versions(tightened, ada, sign_in):
    assert sign_in(ada).get(reverse("sla_versions")).status_code == 403
