"""Who may see what."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tests.factories import make_customer, make_note, make_reply, make_ticket, make_user
from tickets.actions import delete_ticket
from tickets.actors import Actor
from tickets.models import Attachment, Ticket
from tickets.permissions import (
    assignable_users,
    is_participant,
    may_be_assigned,
    may_delete,
    may_work,
    messages_for_customer,
    staff_may_see,
)

pytestmark = pytest.mark.django_db


def sees(user, ticket) -> bool:
    return Ticket.objects.all().visible_to(user).filter(pk=ticket.pk).exists()


def test_agents_see_their_departments_managers_all(technical, cleo, ada, ben, max_, owner):
    ticket = make_ticket(cleo, technical)
    assert [sees(user, ticket) for user in (ada, ben, max_, owner)] == [True, False, True, True]
    assert [may_work(user, ticket) for user in (ada, ben, max_, owner)] == [True, False, True, True]
    assert [may_delete(user, ticket) for user in (ada, max_)] == [False, True]


def test_of_a_row_at_hand_staff_hear_what_the_query_says(technical, cleo, ada, ben, max_, owner):
    left = make_user("Lena", "agent", technical, is_active=False)
    alive, gone = make_ticket(cleo, technical), make_ticket(cleo, technical)
    delete_ticket(gone, actor=Actor.of_user(max_), now=timezone.now())
    for user in (ada, ben, max_, owner, left):
        for ticket in (alive, Ticket.objects.get(pk=gone.pk)):
            assert staff_may_see(user, ticket) == sees(user, ticket)


def test_customers_see_their_own(technical, cleo, otto):
    ticket = make_ticket(cleo, technical)
    assert sees(cleo.user, ticket)
    assert not sees(otto.user, ticket)
    assert not sees(AnonymousUser(), ticket)
    assert not may_work(cleo.user, ticket)


def test_colleague_sees_only_with_sharing_on(technical, cleo, harbour):
    colleague = make_customer(
        "Mira", "mira@harbour.example", harbour, user=make_user("Mira", "customer")
    )
    ticket = make_ticket(cleo, technical)
    assert not sees(colleague.user, ticket)
    assert not is_participant(ticket, colleague)
    harbour.shares_tickets = True
    harbour.save()
    colleague.user.refresh_from_db()
    assert sees(colleague.user, ticket)
    colleague.refresh_from_db()
    ticket.refresh_from_db()
    assert is_participant(ticket, colleague)


def test_deactivated_agent_sees_nothing(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    ada.is_active = False
    assert not sees(ada, ticket)


def test_customer_thread_has_no_notes(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    note, answer = make_note(ticket, ada), make_reply(ticket, ada)
    thread = list(messages_for_customer(ticket))
    assert note not in thread
    assert answer in thread


def test_file_of_a_note_is_hidden_from_the_customer(technical, cleo, ada, ben):
    ticket = make_ticket(cleo, technical)
    note = make_note(ticket, ada)
    file = Attachment.objects.create(
        ticket=ticket,
        message=note,
        sha256="0" * 64,
        size=1,
        filename="a",
        content_type="x/y",
        created_at=note.created_at,
    )
    visible = [
        Attachment.objects.all().visible_to(u).filter(pk=file.pk).exists()
        for u in (ada, ben, cleo.user)
    ]
    assert visible == [True, False, False]


def test_members_and_managers_are_assignable(technical, ada, ben, max_, cleo):
    assert set(assignable_users(technical.pk)) == {ada, max_}
    assert may_be_assigned(ada, technical.pk)
    assert not may_be_assigned(cleo.user, technical.pk)
