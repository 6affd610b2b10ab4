"""Parts of a ticket, and incidents: one text, written to each customer by itself (R35)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.jobs import run_due
from mailpipe.models import OutgoingMail
from tests.factories import make_customer, make_ticket
from tickets.actions import (
    add_parts,
    close_ticket,
    incidents,
    mark_incident,
    post_update,
    remove_part,
    tell_parts,
)
from tickets.actors import Actor
from tickets.incidents import parts_of, updates_of
from tickets.models import Event, IncidentPost, Message, Ticket
from tickets.permissions import messages_for_customer

pytestmark = pytest.mark.django_db


def incident_of(user, *children: Ticket) -> Ticket:
    actor, now = Actor.of_user(user), timezone.now()
    ticket = mark_incident(
        make_ticket(children[0].customer, subject="Outage"), is_on=True, actor=actor, now=now
    )
    add_parts(ticket, children=children, actor=actor, now=now)
    return ticket


def told(incident: Ticket, user, *, closes: bool = False, text: str = "We are on it."):
    now = timezone.now()
    return tell_parts(incident, text=text, closes=closes, actor=Actor.of_user(user), now=now)


def test_every_customer_gets_the_update_by_itself(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    incident = incident_of(ada, first, second)
    told(incident, ada)
    for child, customer in ((first, cleo), (second, otto)):
        assert messages_for_customer(child).last().text == "We are on it."
        mail = OutgoingMail.objects.get(message__ticket=child)
        assert mail.recipients() == [customer.email]
    assert incident.messages.filter(kind=Message.Kind.REPLY).count() == 0
    assert incident.events.filter(kind=Event.Kind.INCIDENT).count() == 2


def test_a_closing_note_closes_all_of_them(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    incident = incident_of(ada, first, second)
    told(incident, ada, closes=True, text="Solved.")
    for ticket in (first, second, incident):
        ticket.refresh_from_db()
        assert ticket.status_kind == "closed"


def test_who_reported_the_incident_itself_is_told_there(ada, cleo, otto) -> None:
    child = make_ticket(otto)
    incident = incident_of(ada, child)
    make_ticket(cleo)
    Ticket.objects.filter(pk=incident.pk).update(customer=cleo)
    update = told(Ticket.objects.get(pk=incident.pk), ada, closes=True, text="Solved.")
    assert set(update.posts.values_list("ticket", flat=True)) == {incident.pk, child.pk}
    mails = OutgoingMail.objects.filter(kind="reply").order_by("to")
    assert [mail.recipients() for mail in mails] == [[cleo.email], [otto.email]]
    incident.refresh_from_db()
    assert incident.status_kind == "closed"


def test_an_incident_that_staff_opened_has_nobody_of_its_own(ada, cleo, otto) -> None:
    incident = make_ticket(cleo, kind=Message.Kind.NOTE)
    now = timezone.now()
    add_parts(incident, children=[make_ticket(otto)], actor=Actor.of_user(ada), now=now)
    told(incident, ada)
    assert not incident.messages.filter(kind=Message.Kind.REPLY).exists()


def test_each_ticket_gets_it_once(ada, cleo) -> None:
    child = make_ticket(cleo)
    incident = incident_of(ada, child)
    update = told(incident, ada)
    for post in update.posts.all():
        post_update(post, now=timezone.now())
    assert child.messages.filter(kind=Message.Kind.REPLY).count() == 1


def test_more_than_fifty_are_told_by_a_worker(ada, cleo, monkeypatch) -> None:
    monkeypatch.setattr("tickets.actions.incidents.AT_ONCE", 1)
    children = [make_ticket(cleo), make_ticket(cleo)]
    incident = incident_of(ada, *children)
    update = told(incident, ada)
    assert update.job is not None
    assert not Message.objects.filter(kind=Message.Kind.REPLY).exists()
    assert run_due(timezone.now()) == 1
    assert Message.objects.filter(kind=Message.Kind.REPLY).count() == 2
    assert updates_of(incident)[0].posted == 2


def test_a_part_that_was_closed_meanwhile_is_left_out(ada, cleo) -> None:
    child, other = make_ticket(cleo), make_ticket(cleo)
    incident = incident_of(ada, child, other)
    update = told(incident, ada)
    post = IncidentPost.objects.create(update=told(incident, ada), ticket=make_ticket(cleo))
    close_ticket(post.ticket, actor=Actor.of_user(ada), now=timezone.now())
    assert post_update(post, now=timezone.now()).state == "skipped"
    assert update.posts.filter(state="posted").count() == 2


def test_nobody_is_told_nothing(ada, cleo) -> None:
    with pytest.raises(ValidationError):
        told(make_ticket(cleo), ada)


def test_a_part_has_one_parent_and_no_parts(ada, cleo) -> None:
    child, parent, other = (make_ticket(cleo) for _n in range(3))
    actor, now = Actor.of_user(ada), timezone.now()
    add_parts(parent, children=[child], actor=actor, now=now)
    add_parts(parent, children=[child], actor=actor, now=now)
    assert list(parts_of(parent)) == [child]
    for wrong, children in (
        (other, [child]),
        (child, [other]),
        (other, [parent]),
        (other, [other]),
    ):
        with pytest.raises(ValidationError):
            add_parts(wrong, children=children, actor=actor, now=now)


def test_a_part_can_stand_for_itself_again(ada, cleo) -> None:
    child, parent = make_ticket(cleo), make_ticket(cleo)
    actor, now = Actor.of_user(ada), timezone.now()
    add_parts(parent, children=[child], actor=actor, now=now)
    remove_part(child, actor=actor, now=now)
    remove_part(child, actor=actor, now=now)
    assert not parts_of(parent).exists()
    assert child.events.filter(kind=Event.Kind.UNLINKED).count() == 1


def test_only_who_may_work_on_a_ticket_makes_it_a_part(ada, billing) -> None:
    theirs = make_ticket(make_customer("Dana"), billing)
    with pytest.raises(ValidationError):
        add_parts(make_ticket(), children=[theirs], actor=Actor.of_user(ada), now=timezone.now())
    assert incidents.MAX_PARTS >= 1000
