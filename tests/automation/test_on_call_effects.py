"""Rules page who is on call and start milestones; what leaves goes over real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from automation.effects import clean_effects, tell_effect
from automation.models import EffectRun, Milestone, MilestoneSet, OnCallSchedule, Page
from automation.on_call.paging import acknowledge, page
from notifications import dispatch
from notifications.models import Endpoint
from tests.automation.conftest import NOW, words
from tests.automation.on_call import make_role, make_schedule
from tests.factories import make_ticket
from tests.notifications.conftest import ACCOUNT, TOKEN, server, service

pytestmark = pytest.mark.django_db
__all__ = ["server", "service"]


@pytest.fixture
def schedule(ada) -> OnCallSchedule:
    row = make_schedule()
    make_role(row, "Primary engineer", ada, now=NOW - timedelta(days=1))
    return row


def page_effect(schedule: OnCallSchedule) -> dict[str, object]:
    return {"effect": "page_on_call", "schedule": schedule.pk, "cause": "System down"}


def outcomes() -> list[tuple[str, str]]:
    return list(EffectRun.objects.order_by("pk").values_list("state", "note"))


def test_rule_pages_and_starts_the_protocol_in_one_go(rule, schedule, cleo, technical):
    protocol = MilestoneSet.objects.get()
    rule(
        "routing",
        page_effect(schedule),
        {"effect": "start_milestones", "set": protocol.pk},
        trigger="created",
        conditions={"all": [words("subject", "down")]},
    )
    make_ticket(cleo, technical, subject="Export as CSV", now=NOW)
    assert not Page.objects.exists()
    ticket = make_ticket(cleo, technical, subject="Everything down", now=NOW)
    assert Page.objects.get().ticket == ticket
    assert Milestone.objects.filter(ticket=ticket).count() == 4
    assert outcomes() == [("done", "Called: Ada"), ("done", "")]


def test_effect_says_when_nobody_is_on_call(rule, cleo, technical):
    empty = make_schedule("Empty")
    rule("routing", page_effect(empty), trigger="created")
    make_ticket(cleo, technical, now=NOW)
    assert outcomes() == [("no_recipient", "Nobody was on call.")]


def test_effect_fails_in_words_when_the_schedule_is_gone(rule, schedule, cleo, technical):
    rule("routing", page_effect(schedule), trigger="created")
    OnCallSchedule.objects.update(is_enabled=False)
    make_ticket(cleo, technical, now=NOW)
    (row,) = EffectRun.objects.all()
    assert row.state == EffectRun.State.FAILED
    assert "switched off or archived" in row.last_error


def test_effects_read_as_parts_of_a_sentence(schedule):
    assert tell_effect(page_effect(schedule)) == (
        "page who is on call (Emergency) for “System down”"
    )
    start = {"effect": "start_milestones", "set": MilestoneSet.objects.get().pk}
    assert tell_effect(start) == "start the milestones “Emergency protocol”"
    with pytest.raises(ValidationError):
        clean_effects([{"effect": "page_on_call", "cause": "x"}], kind="routing")


def test_text_message_and_pagerduty_leave_the_house(schedule, ada, cleo, service):
    ada.phone = "+442079460000"
    ada.save()
    sms = Endpoint(kind="sms", name="Texts", slug="texts", created_at=NOW)
    sms.settings = {"account": ACCOUNT, "sender": "+15005550006"}
    duty = Endpoint(kind="pagerduty", name="Duty", slug="duty", created_at=NOW)
    for endpoint in (sms, duty):
        endpoint.seal_secrets({"token": TOKEN, "routing_key": "r" * 32})
        endpoint.save()
    schedule.endpoints.add(duty)
    row = page(make_ticket(cleo, now=NOW), cause="Fire", schedule=schedule, key="k", now=NOW)
    acknowledge(row, user=ada, now=NOW)
    dispatch.send_due(now=lambda: NOW)
    text = next(taken for taken in service.taken if taken.path.startswith("/twilio"))
    assert text.form["To"] == "+442079460000"
    assert "Page: Fire" in text.form["Body"]
    duty_calls = [taken.json for taken in service.taken if taken.path == "/pagerduty"]
    assert [(call["event_action"], call["dedup_key"]) for call in duty_calls] == [
        ("trigger", f"page-{row.pk}"),
        ("acknowledge", f"page-{row.pk}"),
    ]
