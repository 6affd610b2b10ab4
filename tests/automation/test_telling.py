"""Effects that tell: whom a rule means, who stands in for nobody, what leaves the house."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team
from automation.models import EffectRun
from automation.recipients import resolve
from automation.retrying import retry_effects
from notifications.models import Endpoint, NoticeDelivery, Notification
from tests.automation.timed_stories import HOUR, START, hours, make_rule, sweep
from tests.factories import make_inbound, make_note, make_ticket, make_user
from tickets.actions import assign_ticket, watch
from tickets.actors import Actor
from tickets.content import Author
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


@pytest.fixture
def ticket(ada, cleo, technical) -> Ticket:
    ticket = make_ticket(cleo, technical, now=START)
    return assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=START)


def told() -> list[str]:
    rows = Notification.objects.exclude(kind="ticket.assigned").order_by("user__name")
    return list(rows.values_list("user__name", flat=True))


def fire(*effects: dict, **fields) -> EffectRun:
    make_rule("idle_after_customer_reply", hours(4), *effects, **fields)
    assert sweep(5 * HOUR) == 1
    return EffectRun.objects.latest("pk")


def notify_to(*targets: str, **more) -> EffectRun:
    return fire({"effect": "notify", "to": list(targets), **more}, name="Idle")


def test_the_assignee_is_told_what_and_where(ticket):
    run = notify_to("assignee")
    row = Notification.objects.get()
    assert row.title == f"Idle: #{ticket.number} Espresso line down"
    assert (row.kind, row.url) == ("ticket.escalated", f"/admin/tickets/ticket/{ticket.number}")
    assert (run.state, run.note) == ("done", "Told: Ada")


def test_managers_leads_members_and_watchers(ticket, ada, max_, technical):
    lena, mia = make_user("Lena", "agent", technical), make_user("Mia", "agent", technical)
    ada.manager, technical.lead = mia, lena
    ada.save()
    technical.save()
    assert set(_resolved(ticket, "manager")) == {"Mia"}
    assert set(_resolved(ticket, "lead")) == {"Lena"}
    assert set(_resolved(ticket, "department")) == {"Ada", "Lena", "Mia"}
    watch(ticket, users=[lena], actor=SYSTEM, now=START)
    assert set(_resolved(ticket, "watchers")) == {"Lena"}
    assert _resolved(ticket, "chain") == ["Mia", "Lena", "Max"]


def test_a_team_and_its_lead(ticket, ada, ben):
    team = Team.objects.create(name="Tier 2", tier="tier2", lead=ben)
    team.members.set([ada, ben])
    assert set(_resolved(ticket, f"team:{team.pk}")) == {"Ada", "Ben"}
    assert _resolved(ticket, f"lead:{team.pk}") == ["Ben"]


def _resolved(ticket: Ticket, target: str) -> list[str]:
    found = resolve([target], Ticket.objects.get(pk=ticket.pk), now=START)
    assert found.fallback is None
    return [user.name for user in found.people]


def test_who_is_not_there_is_replaced_by_the_next_up_the_chain(cleo, ada, max_):
    make_ticket(cleo, now=START)
    run = notify_to("assignee")
    assert told() == ["Max"]
    assert run.note == "Nobody is the assignee. Told: Max"


def test_nobody_at_all_is_logged(cleo, ada):
    make_ticket(cleo, now=START)
    assert notify_to("assignee").state == "no_recipient"


def test_a_second_try_tells_nobody_twice(ticket):
    run = notify_to("assignee")
    EffectRun.objects.filter(pk=run.pk).update(state="failed", due_at=START)
    assert retry_effects(START + 6 * HOUR) == 1
    assert told() == ["Ada"]


def test_chosen_channels_are_used(ticket):
    notify_to("assignee", channels=["mail"])
    assert NoticeDelivery.objects.get(notification__kind="ticket.escalated").channel == "mail"


def test_texts_name_facts_never_notes(ticket, ada):
    make_note(ticket, ada, "The customer is difficult.")
    notify_to("assignee", text="{assignee.name}: {ticket.status} {note} {ticket.priority}")
    body = Notification.objects.get().body
    assert body.startswith("Ada: ")
    assert "difficult" not in body
    assert "{note}" in body


def endpoint(kind: str) -> Endpoint:
    return Endpoint.objects.create(kind=kind, name=kind, slug=kind, created_at=timezone.now())


def test_a_webhook_gets_the_public_facts(ticket):
    row = endpoint("webhook")
    fire({"effect": "tell_endpoint", "endpoint": row.pk, "form": "ticket"})
    payload = NoticeDelivery.objects.get(endpoint=row).payload
    assert payload["ticket"]["number"] == ticket.number
    assert payload["event"] == "idle_after_customer_reply"


def test_an_issue_for_github(ticket):
    row = endpoint("webhook")
    fire(
        {
            "effect": "tell_endpoint",
            "endpoint": row.pk,
            "form": "issue",
            "title": "{ticket.subject}",
        }
    )
    payload = NoticeDelivery.objects.get(endpoint=row).payload
    assert payload["title"] == "Espresso line down"
    assert f"/admin/tickets/ticket/{ticket.number}" in payload["body"]


def test_pagerduty_sees_one_incident_for_a_ticket(ticket):
    row = endpoint("pagerduty")
    fire({"effect": "tell_endpoint", "endpoint": row.pk, "form": "ticket"})
    payload = NoticeDelivery.objects.get(endpoint=row).payload
    assert payload == {"action": "trigger", "dedup_key": f"ticket:{ticket.pk}"}


def test_a_service_that_is_switched_off_is_tried_again(ticket):
    row = endpoint("webhook")
    Endpoint.objects.update(is_enabled=False)
    run = fire({"effect": "tell_endpoint", "endpoint": row.pk})
    assert (run.state, run.note) == ("failed", "The service was switched off or deleted.")


def test_handing_over_pins_the_reason(ticket, billing):
    fire(
        {
            "effect": "hand_over_to",
            "to": f"department:{billing.pk}",
            "reason": "Silent {rule.name}",
        },
        name="Idle",
    )
    ticket.refresh_from_db()
    assert (ticket.department, ticket.assignee) == (billing, None)
    assert ticket.handover.text == "Silent Idle"


def test_handing_over_to_a_team_gives_it_to_its_lead(ticket, billing, ben):
    team = Team.objects.create(name="Tier 2", lead=ben, department=billing)
    fire({"effect": "hand_over_to", "to": f"team:{team.pk}", "reason": "Too long"})
    ticket.refresh_from_db()
    assert (ticket.department, ticket.assignee) == (billing, ben)


def test_who_gets_a_ticket_is_told_and_may_answer_by_note(cleo, ada, max_):
    ticket = make_ticket(cleo, now=START)
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(max_), now=START)
    row = NoticeDelivery.objects.get(user=ada)
    assert row.kind == "ticket.assigned"
    assert row.mail_reply_to.startswith("tech+n")


def test_who_takes_a_ticket_is_not_told(ticket):
    assert not Notification.objects.exists()


def test_answers_are_told_to_assignee_and_watchers(ticket, technical):
    lena = make_user("Lena", "agent", technical)
    watch(ticket, users=[lena], actor=SYSTEM, now=START)
    make_inbound(ticket, "Still down!", now=START + HOUR)
    assert told() == ["Ada", "Lena"]
    assert "Still down!" in Notification.objects.first().body


def test_a_watcher_who_may_not_see_the_ticket_hears_nothing(ticket, ben):
    watch(ticket, users=[ben], actor=SYSTEM, now=START)
    make_inbound(ticket, now=START + HOUR)
    assert told() == ["Ada"]


def test_automatic_answers_are_told_to_nobody(ticket, cleo):
    robot = Author(name="Cleo", email=cleo.email, is_automatic=True)
    make_inbound(ticket, "Out of office", author=robot, now=START + timedelta(hours=1))
    assert told() == []
