"""Escalating, handing over, watching: by an agent, by a rule, and back again."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.events import _reactions, on
from tests.factories import make_inbound, make_reply, make_ticket, make_user
from tickets import verify
from tickets.actions import (
    Changes,
    Escalation,
    close_ticket,
    deescalate,
    escalate_ticket,
    flag_escalated,
    hand_over,
    unpin_handover,
    unwatch,
    watch,
)
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.events import TicketEscalated
from tickets.models import Message, Priority, Ticket
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status

pytestmark = pytest.mark.django_db
now = timezone.now
NOTE = Content(text="Checked the logs. Needs a code change.", is_markdown=True)
ANSWER = Answer(
    content=Content(text="We forwarded this."),
    recipients=Recipients(to=("cleo@harbour.example",)),
    takes_ticket=False,
)


@pytest.fixture
def heard():
    """Every TicketEscalated that is emitted."""
    events: list[TicketEscalated] = []

    @on(TicketEscalated)
    def hear(event: TicketEscalated) -> None:
        events.append(event)

    yield events
    _reactions[TicketEscalated].remove(hear)


def test_one_action_tells_the_customer_hands_over_and_raises_the_flag(
    technical, billing, cleo, ada, heard
):
    ticket = make_ticket(cleo, technical)
    changes = Changes(
        department=billing,
        priority=Priority.objects.get(rank=1),
        status=default_status(Kind.WAITING_THIRD_PARTY),
    )
    escalation = Escalation(
        level=2, reason="Beyond Tier 1", note=NOTE, changes=changes, answer=ANSWER
    )
    ticket = escalate_ticket(ticket, escalation=escalation, actor=Actor.of_user(ada), now=now())
    assert (ticket.department, ticket.priority_rank, ticket.assignee) == (billing, 1, None)
    assert (ticket.escalation_level, ticket.status_kind) == (2, "waiting_third_party")
    assert ticket.handover.text == NOTE.text
    kinds = ticket.messages.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["inbound", "reply", "note"]
    assert [event.note for event in heard] == [ticket.handover]


def test_a_refused_target_leaves_nothing_behind(technical, cleo, ada, ben, heard):
    ticket = make_ticket(cleo, technical)
    escalation = Escalation(level=2, reason="?", note=NOTE, changes=Changes(assignee=ben))
    with pytest.raises(ValidationError):
        escalate_ticket(ticket, escalation=escalation, actor=Actor.of_user(ada), now=now())
    ticket.refresh_from_db()
    assert (ticket.escalation_level, ticket.message_count, heard) == (0, 1, [])


def test_a_rule_flags_once_per_level_and_the_history_names_rule_and_version(technical, cleo, heard):
    ticket = make_ticket(cleo, technical)
    rule = Actor.of_rule(rule_id=7, name="First response missed", version_id=31)
    for level in (2, 2, 1, 3):
        ticket = flag_escalated(ticket, level=level, reason="late", actor=rule, now=now())
    assert [event.level for event in heard] == [2, 3]
    event = ticket.events.filter(kind="escalated").first()
    assert (event.actor_kind, event.actor_name) == ("rule", "First response missed")
    assert event.data["rule"] == {"id": 7, "version": 31}


def test_solving_takes_the_flag_off_and_deescalating_says_why(technical, cleo, ada):
    actor = Actor.of_user(ada)
    first, second = make_ticket(cleo, technical), make_ticket(cleo, technical)
    flag_escalated(first, level=1, reason="", actor=actor, now=now())
    first = close_ticket(first, actor=actor, now=now())
    assert (first.escalation_level, first.escalated_at) == (0, None)
    assert not flag_escalated(first, level=1, reason="", actor=actor, now=now()).is_escalated
    flag_escalated(second, level=2, reason="", actor=actor, now=now())
    for _ in range(2):
        second = deescalate(second, reason="Solved by phone", actor=actor, now=now())
    assert second.events.get(kind="deescalated").data == {"level": 2, "reason": "Solved by phone"}
    assert verify.check_times(repair=False) == []


def test_the_note_stays_on_top_until_its_receiver_answers(technical, cleo, ada, max_):
    ticket = make_ticket(cleo, technical)
    note = hand_over(
        ticket, content=NOTE, changes=Changes(assignee=max_), actor=Actor.of_user(ada), now=now()
    )
    assert note.kind == Message.Kind.NOTE
    make_reply(ticket, ada)
    assert Ticket.objects.get(pk=ticket.pk).handover == note
    make_reply(ticket, max_)
    assert Ticket.objects.get(pk=ticket.pk).handover is None


def test_unpinning_twice_is_unpinning_once(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    hand_over(ticket, content=NOTE, changes=Changes(), actor=Actor.of_user(ada), now=now())
    for _ in range(2):
        ticket = unpin_handover(ticket, actor=Actor.of_user(ada), now=now())
    assert ticket.events.filter(kind="unpinned").count() == 1


def test_only_who_could_open_the_ticket_watches(technical, cleo, ada, ben, max_):
    ticket, actor = make_ticket(cleo, technical), Actor.of_user(ada)
    assert watch(ticket, users=[ben, ada, max_], actor=actor, now=now()) == [ada, max_]
    assert watch(ticket, users=[ada], actor=actor, now=now()) == []
    assert unwatch(ticket, users=[ada, ben], actor=actor, now=now()) == [ada]
    assert list(ticket.watchers.values_list("user", flat=True)) == [max_.pk]
    kinds = ticket.events.filter(kind="watchers_changed")
    assert [event.data["added"] for event in kinds] == [["Ada", "Max"], []]


def test_times_agree_with_the_history_and_are_mended(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    make_inbound(ticket)
    close_ticket(make_ticket(cleo, technical), actor=Actor.of_user(ada), now=now())
    assert verify.check_times(repair=False) == []
    right = Ticket.objects.values("status_since", "last_human_at", "unassigned_since").get(
        pk=ticket.pk
    )
    Ticket.objects.filter(pk=ticket.pk).update(
        status_since=now(), last_human_at=None, unassigned_since=now(), escalation_level=1
    )
    assert len(verify.check_times(repair=True)) == 1
    wrong = Ticket.objects.values(*right).get(pk=ticket.pk)
    assert wrong == right


def test_since_when_nobody_has_a_ticket(technical, cleo, ada):
    moment = now()
    ticket = make_ticket(cleo, technical, now=moment)
    assert ticket.unassigned_since == moment
    ticket = hand_over(
        ticket, content=NOTE, changes=Changes(assignee=ada), actor=Actor.of_user(ada), now=now()
    ).ticket
    assert Ticket.objects.get(pk=ticket.pk).unassigned_since is None


def test_agents_on_leave_are_no_watchers(technical, cleo, ada):
    gone = make_user("Gus", "agent", technical, is_active=False)
    assert (
        watch(make_ticket(cleo, technical), users=[gone], actor=Actor.of_user(ada), now=now()) == []
    )
