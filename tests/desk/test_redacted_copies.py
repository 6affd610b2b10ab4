"""Redaction reaches what staff repeated: reasons of escalations, updates of incidents."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from automation.models import Escalation
from core.jobs import run_due
from notifications.models import Notification
from tests.factories import make_ticket
from tests.tickets.test_incidents import incident_of, told
from tickets.actions import deescalate, flag_escalated, incidents, redact_message
from tickets.actors import Actor
from tickets.content import Content
from tickets.models import Event, IncidentPost, IncidentUpdate, Message, Ticket

pytestmark = pytest.mark.django_db
SECRET = "My card is 4111 1111 1111 1111"


def redact(message: Message, user, reason: str = "Card number") -> None:
    redact_message(message, reason=reason, actor=Actor.of_user(user), now=timezone.now())


def escalated(ticket: Ticket, user, reason: str) -> None:
    flag_escalated(ticket, level=1, reason=reason, actor=Actor.of_user(user), now=timezone.now())


def reasons(ticket: Ticket, kind: str) -> list[str]:
    return [row.data["reason"] for row in ticket.events.filter(kind=kind)]


def test_reasons_of_escalations_are_forgotten(cleo, technical, ada, max_) -> None:
    ticket = make_ticket(cleo, technical, content=Content(text=f"{SECRET}\nPlease charge it."))
    escalated(ticket, ada, f"She wrote: {SECRET}")
    actor, now = Actor.of_user(ada), timezone.now()
    deescalate(ticket, reason=f"Told her: {SECRET}", actor=actor, now=now)
    redact(ticket.messages.get(), max_)
    row = Escalation.objects.get()
    assert (row.reason, row.ended_because, row.level) == ("", "", 1)
    assert reasons(ticket, Event.Kind.ESCALATED) == [""]
    assert reasons(ticket, Event.Kind.DEESCALATED) == [""]
    assert "4111" not in str([*Notification.objects.values_list("title", "body")])


def test_a_reason_that_was_cut_within_the_words_is_forgotten(cleo, technical, ada, max_) -> None:
    ticket = make_ticket(cleo, technical, content=Content(text=SECRET))
    escalated(ticket, ada, "x" * 280 + f"\n{SECRET}")
    redact(ticket.messages.get(), max_)
    assert (Escalation.objects.get().reason, reasons(ticket, "escalated")) == ("", [""])


def test_other_reasons_stay(cleo, technical, ada, max_) -> None:
    ticket = make_ticket(cleo, technical, content=Content(text=SECRET))
    escalated(ticket, ada, "Two offices stand still")
    redact(ticket.messages.get(), max_, reason=f"Not {SECRET}")
    assert Escalation.objects.get().reason == "Two offices stand still"
    assert reasons(ticket, Event.Kind.ESCALATED) == ["Two offices stand still"]
    assert reasons(ticket, Event.Kind.REDACTED) == [f"Not {SECRET}"]


@pytest.mark.parametrize(
    "change",
    ["at = now()", "data = '{}'", "data = jsonb_set(data, '{reason}', '\"other\"')"],
)
def test_the_history_lets_go_of_a_reason_and_of_nothing_else(cleo, technical, ada, change) -> None:
    escalated(make_ticket(cleo, technical), ada, SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('helpdesk.redacting', 'on', true)")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(f"UPDATE tickets_event SET {change}")  # noqa: S608 -- words of this test


def test_the_update_of_an_incident_is_forgotten_with_its_message(ada, max_, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    incident = incident_of(ada, first, second)
    update = told(incident, ada, text=f"We are on it.\n{SECRET}")
    redact(update.posts.get(ticket=first).message, max_)
    update.refresh_from_db()
    assert update.text.startswith("Redacted by Max on ")


def test_an_update_that_repeats_a_line_keeps_its_others(ada, max_, cleo, otto) -> None:
    first = make_ticket(cleo, content=Content(text=SECRET))
    incident = incident_of(ada, first, make_ticket(otto))
    update = told(incident, ada, text=f"We are on it.\nOne wrote: {SECRET}")
    redact(first.messages.first(), max_)
    update.refresh_from_db()
    assert update.text.startswith("We are on it.\nRedacted by Max on ")
    assert "4111" not in update.text


def test_an_update_that_is_still_under_way_goes_no_further(
    ada, max_, cleo, otto, monkeypatch
) -> None:
    monkeypatch.setattr(incidents, "AT_ONCE", 1)
    first = make_ticket(cleo, content=Content(text=SECRET))
    second = make_ticket(otto)
    incident = incident_of(ada, first, second)
    told(incident, ada, text=SECRET)
    redact(first.messages.first(), max_)
    run_due(timezone.now())
    posts = IncidentUpdate.objects.get().posts
    assert set(posts.values_list("state", "reason")) == {
        (IncidentPost.State.SKIPPED, "Its words were redacted.")
    }
    assert not second.messages.filter(kind=Message.Kind.REPLY).exists()
