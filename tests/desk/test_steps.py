"""Handing over, escalating, setting aside: the forms of the ticket page, with scripts and without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team
from core.timers import act_on_due
from tests.factories import make_reply, make_ticket, make_user
from tickets.actions import Changes, flag_escalated, hand_over, snooze_ticket
from tickets.actors import Actor
from tickets.content import Content
from tickets.models import Priority, Ticket
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}".rstrip("/")


def escalation(**changes: object) -> dict[str, object]:
    return {
        "reason": "Bug confirmed",
        "investigated": "Reproduced on two machines.",
        "why": "The firmware must change.",
        "status": default_status(Kind.WAITING_THIRD_PARTY).pk,
        "message": "We forwarded it.",
        **changes,
    }


def test_choosing_a_department_asks_for_the_note_in_place(sign_in, ada, ticket, billing):
    chosen = {"department": billing.pk}
    response = sign_in(ada).post(url(ticket, "department"), chosen, headers=HTMX)
    assert response.headers["HX-Retarget"] == "#ticket-step"
    html = response.content.decode()
    assert "<!doctype" not in html.lower()
    assert f'<option value="{billing.pk}" selected>' in html
    ticket.refresh_from_db()
    assert ticket.department.name == "Technical"


def test_without_scripts_the_choice_leads_to_the_form_and_back(sign_in, max_, ticket, billing):
    client = sign_in(max_)
    response = client.post(url(ticket, "department"), {"department": billing.pk, "view": "mine"})
    assert response.status_code == 303
    assert f'<option value="{billing.pk}" selected>' in client.get(response.url).content.decode()
    fields = {"department": billing.pk, "note": "About an *invoice*.", "view": "mine"}
    response = client.post(url(ticket, "department"), fields)
    assert response.headers["Location"] == f"{url(ticket)}?view=mine"
    ticket.refresh_from_db()
    assert ticket.department == billing
    page = client.get(url(ticket)).content.decode()
    assert "Hand-over note by Max" in page
    client.post(url(ticket, "handover/removal"))
    assert "Hand-over note by" not in client.get(url(ticket)).content.decode()


def test_an_empty_note_is_refused_and_the_choice_kept(sign_in, ada, ticket, billing):
    fields = {"department": billing.pk, "note": " "}
    slot = {**HTMX, "HX-Target": "ticket-step"}
    response = sign_in(ada).post(url(ticket, "department"), fields, headers=slot)
    assert response.status_code == 422
    assert f'<option value="{billing.pk}" selected>' in response.content.decode()


@pytest.mark.parametrize("value", ["", "99999", "x"])
def test_unknown_department_is_refused(sign_in, ada, ticket, value):
    assert sign_in(ada).post(url(ticket, "department"), {"department": value}).status_code == 422


def test_the_department_it_has_needs_no_note(sign_in, ada, ticket, technical):
    response = sign_in(ada).post(
        url(ticket, "department"), {"department": technical.pk}, headers=HTMX
    )
    assert response.status_code == 204


def test_escalating_to_a_team_does_everything_at_once(sign_in, ada, ticket, billing):
    lead = make_user("Lea", "agent", billing)
    team = Team.objects.create(name="Firmware", tier="engineering", department=billing, lead=lead)
    team.members.add(lead)
    client = sign_in(ada)
    page = client.get(url(ticket, "escalation")).content.decode()
    assert "Firmware" in page
    assert "forwarded your request to the specialist team" in page
    urgent = Priority.objects.get(rank=1)
    fields = escalation(target=f"team:{team.pk}", priority=urgent.pk)
    assert client.post(url(ticket, "escalation"), fields).status_code == 303
    ticket.refresh_from_db()
    assert (ticket.department, ticket.priority_rank, ticket.assignee) == (billing, 1, None)
    assert (ticket.escalation_level, ticket.status_kind) == (2, "waiting_third_party")
    assert "Reproduced on two machines." in ticket.handover.text
    assert "Bug confirmed. The firmware must change." in ticket.handover.text
    assert ticket.messages.get(kind="reply").recipients_to == [ticket.customer.email]
    assert [row.user for row in ticket.watchers.all()] == [lead]


@pytest.mark.parametrize("missing", ["target", "investigated", "why", "reason", "status"])
def test_escalating_needs_all_but_priority_and_message(sign_in, ada, ticket, billing, missing):
    fields = escalation(target=f"department:{billing.pk}") | {missing: ""}
    response = sign_in(ada).post(url(ticket, "escalation"), fields)
    assert response.status_code == 422
    if missing != "why":
        assert "The firmware must change." in response.content.decode()
    ticket.refresh_from_db()
    assert (ticket.message_count, ticket.escalation_level) == (1, 0)


def test_an_empty_message_writes_nothing_to_the_customer(sign_in, ada, ticket, technical):
    bea = make_user("Bea", "agent", technical)
    fields = escalation(target=f"person:{bea.pk}", message="")
    sign_in(ada).post(url(ticket, "escalation"), fields)
    ticket.refresh_from_db()
    assert ticket.assignee == bea
    assert not ticket.messages.filter(kind="reply").exists()


@pytest.mark.parametrize(
    "target", ["person:{ben}", "person:{ada}", "team:{first}", "x:1", "team:9"]
)
def test_only_offered_targets_count(sign_in, ada, ben, ticket, target):
    first = Team.objects.create(name="First line", tier="tier1")
    target = target.format(ben=ben.pk, ada=ada.pk, first=first.pk)
    response = sign_in(ada).post(url(ticket, "escalation"), escalation(target=target))
    assert response.status_code == 422


def test_flag_stands_in_head_queue_and_view_until_taken_back(sign_in, ada, ticket):
    client = sign_in(ada)
    flag_escalated(ticket, level=3, reason="late", actor=Actor.of_user(ada), now=timezone.now())
    assert "Escalated, level 3" in client.get(url(ticket)).content.decode()
    assert "Escalated, level 3" in client.get("/admin/tickets").content.decode()
    assert ticket.subject in client.get("/admin/tickets?view=escalated").content.decode()
    client.post(url(ticket, "escalation/removal"), {"reason": "Solved by phone"})
    page = client.get(url(ticket)).content.decode()
    assert "Escalated, level 3" not in page
    assert "took the escalation back: Solved by phone" in page
    assert ticket.subject not in client.get("/admin/tickets?view=escalated").content.decode()


def test_a_rule_is_named_as_one_in_the_history(sign_in, ada, ticket):
    rule = Actor.of_rule(rule_id=1, name="Idle four hours", version_id=1)
    flag_escalated(ticket, level=2, reason="Customer waits", actor=rule, now=timezone.now())
    page = sign_in(ada).get(url(ticket)).content.decode()
    assert "Rule <b>Idle four hours</b> escalated the ticket to level <b>2</b>" in page


def test_snoozed_leaves_the_queue_and_comes_back(sign_in, ada, ticket):
    client = sign_in(ada)
    response = client.post(url(ticket, "snooze"), {"hours": "3"}, headers=HTMX)
    assert response.status_code == 200
    assert "hd:ticket-changed" in response.headers["HX-Trigger"]
    for view in ("attention", "morning", "unassigned"):
        assert ticket.subject not in client.get(f"/admin/tickets?view={view}").content.decode()
    assert "Snoozed until" in client.get("/admin/tickets?view=snoozed").content.decode()
    assert "Snoozed until" in client.get(url(ticket)).content.decode()
    act_on_due(timezone.now() + timedelta(hours=3, minutes=1))
    assert ticket.subject in client.get("/admin/tickets").content.decode()
    following = client.get(f"{url(ticket)}/next?view=snoozed")
    assert following.headers["Location"] == "/admin/tickets?view=snoozed"


def test_snooze_until_a_picked_time_and_by_hand_back(sign_in, ada, ticket):
    client = sign_in(ada)
    assert client.post(url(ticket, "snooze"), {"until": "2001-01-01T10:00"}).status_code == 422
    assert client.post(url(ticket, "snooze"), {"hours": "5"}).status_code == 422
    assert client.post(url(ticket, "snooze"), {}).status_code == 422
    client.post(url(ticket, "snooze"), {"until": "2099-01-01T10:00"})
    assert Ticket.objects.get().snoozed_until is not None
    client.post(url(ticket, "snooze/removal"))
    assert Ticket.objects.get().snoozed_until is None


def test_a_snoozed_ticket_whose_deadline_is_missed_is_still_overdue(sign_in, ada, ticket):
    now = timezone.now()
    snooze_ticket(ticket, until=now + timedelta(days=1), actor=Actor.of_user(ada), now=now)
    Ticket.objects.update(sla_due_at=now - timedelta(hours=1))
    assert ticket.subject in sign_in(ada).get("/admin/tickets?view=overdue").content.decode()


def test_ticket_page_with_everything_pinned_keeps_its_budget(
    sign_in, ada, max_, ticket, statements
):
    now = timezone.now()
    make_reply(ticket, ada)
    note = Content(text="Look at the valve.", is_markdown=True)
    hand_over(ticket, content=note, changes=Changes(), actor=Actor.of_user(max_), now=now)
    flag_escalated(ticket, level=2, reason="late", actor=Actor.of_user(ada), now=now)
    client = sign_in(ada)
    client.get(url(ticket))
    with statements(8):
        assert "Look at the valve." in client.get(url(ticket)).content.decode()
