"""Replies sent later: once, never after the customer wrote first, never lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from accounts.models import Membership
from core import timers
from core.files import put
from core.models import TimedAction
from notifications.models import Notification
from tests.factories import make_inbound, make_reply, make_ticket
from tickets.actions import (
    Planned,
    StaleReply,
    Typed,
    cancel_scheduled,
    delete_ticket,
    save_draft,
    schedule_reply,
    send_scheduled,
    transfer_ticket,
)
from tickets.actions.merging import merge_tickets
from tickets.actions.messages import Answer
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.actors import Actor
from tickets.content import Content, NewFile, Recipients
from tickets.kept_files import digests_in_use
from tickets.models import Draft, Event, Promise, ReplyUse, ScheduledReply, Status
from tickets.scheduled import send_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(cleo, technical):
    return make_ticket(cleo, technical, now=timezone.now() - HOUR)


def planned(ticket, **fields) -> Planned:
    files = fields.pop("files", ())
    answer = Answer(
        content=Content(text="The valve arrives **today**.", is_markdown=True, files=files),
        recipients=Recipients(to=(ticket.customer.email,), bcc=("boss@company.example",)),
        after=Status.objects.get(slug="answered"),
        **fields,
    )
    return Planned(answer=answer, due_at=timezone.now() + HOUR)


def schedule(ticket, ada, **fields) -> ScheduledReply:
    return schedule_reply(ticket, planned=planned(ticket, **fields), author=ada, now=timezone.now())


def later() -> int:
    return timers.act_on_due(timezone.now() + 2 * HOUR)


def test_reply_is_posted_at_its_time_with_everything_it_was_given(ada, ticket):
    file = NewFile(filename="plan.txt", content_type="text/plain", stored=put(b"one"))
    row = schedule(ticket, ada, files=(file,))
    assert timers.act_on_due(timezone.now()) == 0
    later()
    row.refresh_from_db()
    ticket.refresh_from_db()
    message = ticket.messages.get(kind="reply")
    assert (row.state, row.message) == ("sent", message)
    assert "<strong>today</strong>" in message.html
    assert message.recipients_bcc == ["boss@company.example"]
    assert [found.filename for found in message.attachments.all()] == ["plan.txt"]
    assert (ticket.status.slug, ticket.assignee) == ("answered", ada)


def test_its_promise_is_made_and_its_texts_are_counted_when_it_leaves(ada, max_, ticket):
    facts = ReplyFacts(fields={"name": "Parts", "shortcut": "parts"}, texts=[("en", "The valve")])
    text, now = save_predefined(None, facts=facts, actor=max_, now=timezone.now()), timezone.now()
    extras = {"predefined": (text.pk,), "changed_share": 0.25, "promise_due_at": now + 5 * HOUR}
    schedule_reply(ticket, planned=replace(planned(ticket), **extras), author=ada, now=now)
    assert not Promise.objects.exists()
    assert not ReplyUse.objects.exists()
    later()
    message = ticket.messages.get(kind="reply")
    promise, use = Promise.objects.get(), ReplyUse.objects.get()
    assert (promise.made_with, promise.due_at, promise.by) == (message, now + 5 * HOUR, ada)
    assert (use.message, use.predefined, use.changed_share) == (message, text, 0.25)


def test_a_promise_due_before_the_reply_leaves_is_refused(ada, ticket):
    wrong = replace(planned(ticket), promise_due_at=timezone.now() + HOUR / 2)
    with pytest.raises(ValidationError):
        schedule_reply(ticket, planned=wrong, author=ada, now=timezone.now())


def test_it_is_posted_once_however_often_it_is_due(ada, ticket):
    row = schedule(ticket, ada)
    later()
    now = timezone.now() + 2 * HOUR
    send_due(TimedAction(kind="tickets.scheduled_reply", key=str(row.pk)), now)
    assert send_scheduled(row, now=now) is None
    assert ticket.messages.filter(kind="reply").count() == 1


def test_what_waits_in_the_store_is_not_swept_away(ada, ticket):
    stored = put(b"one")
    file = NewFile(filename="plan.txt", content_type="text/plain", stored=stored)
    row = schedule(ticket, ada, files=(file,))
    assert stored.sha256 in set(digests_in_use())
    cancel_scheduled(row, actor=Actor.of_user(ada), now=timezone.now())
    assert stored.sha256 in set(digests_in_use())


def test_customer_who_writes_first_gives_the_text_back_as_a_shared_draft(ada, ticket):
    row = schedule(ticket, ada)
    make_inbound(ticket, now=timezone.now() + timedelta(minutes=5))
    row.refresh_from_db()
    draft = Draft.objects.get(ticket=ticket, user=ada, kind="reply")
    assert (row.state, row.reason) == ("cancelled", "The customer wrote first.")
    assert (draft.text, draft.is_shared) == ("The valve arrives **today**.", True)
    assert draft.recipients["bcc"] == "boss@company.example"
    assert Notification.objects.get(user=ada, kind="ticket.scheduled").title.startswith("Not sent")
    later()
    assert not ticket.messages.filter(kind="reply").exists()


def test_deleted_ticket_and_lost_department_give_it_back(ada, max_, ticket, billing):
    row = schedule(ticket, ada)
    actor = Actor.of_user(max_)
    transfer_ticket(ticket, department=billing, actor=actor, now=timezone.now())
    row.refresh_from_db()
    assert row.state == "cancelled"
    other = schedule(make_ticket(ticket.customer, ada.memberships.get().department), ada)
    delete_ticket(other.ticket, actor=actor, now=timezone.now())
    other.refresh_from_db()
    assert other.state == "cancelled"


def test_merged_ticket_hands_the_text_to_its_survivor(ada, ticket):
    row = schedule(ticket, ada)
    primary = make_ticket(ticket.customer, ticket.department)
    merge_tickets(primary, others=[ticket], actor=Actor.of_user(ada), now=timezone.now())
    row.refresh_from_db()
    assert row.state == "cancelled"
    draft = Draft.objects.get(user=ada, ticket=primary)
    assert (draft.text, draft.is_shared) == ("The valve arrives **today**.", True)


def test_author_who_left_the_department_does_not_answer(ada, ticket):
    row = schedule(ticket, ada)
    Membership.objects.filter(user=ada).delete()
    later()
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert Draft.objects.get(user=ada).is_shared
    assert not Notification.objects.filter(user=ada).exists()


def test_its_author_takes_it_back_alone_a_colleague_gives_it_back(ada, max_, ticket):
    mine, theirs = schedule(ticket, ada), schedule(ticket, ada)
    cancel_scheduled(mine, actor=Actor.of_user(ada), now=timezone.now())
    assert not Draft.objects.get(user=ada).is_shared
    cancel_scheduled(theirs, actor=Actor.of_user(max_), now=timezone.now())
    theirs.refresh_from_db()
    assert theirs.reason == "Max called it off."
    assert Draft.objects.get(user=ada).is_shared
    assert cancel_scheduled(theirs, actor=Actor.of_user(ada), now=timezone.now()) is None


def test_what_is_typed_meanwhile_survives_the_sending_and_the_return(ada, ticket):
    row = schedule(ticket, ada)
    now = timezone.now()
    save_draft(ticket, user=ada, typed=Typed(text="And also"), revision=2**60, now=now)
    send_scheduled(row, now=now)
    assert Draft.objects.get(user=ada).text == "And also"
    again = schedule_reply(ticket, planned=planned(ticket), author=ada, now=timezone.now())
    save_draft(ticket, user=ada, typed=Typed(text="And also"), revision=2**61, now=now)
    make_inbound(ticket, now=timezone.now() + timedelta(minutes=1))
    again.refresh_from_db()
    assert Draft.objects.get(user=ada).text == "And also\n\nThe valve arrives **today**."


def test_past_times_and_missed_messages_are_refused(ada, ticket):
    now = timezone.now()
    answer = planned(ticket).answer
    with pytest.raises(ValidationError):
        schedule_reply(ticket, planned=Planned(answer=answer, due_at=now), author=ada, now=now)
    seen = ticket.last_message_id
    make_reply(ticket, ada, "Already said.")
    with pytest.raises(StaleReply):
        schedule(ticket, ada, seen=seen)
    assert not ScheduledReply.objects.exists()


def test_history_tells_what_became_of_it(ada, ticket):
    row = schedule(ticket, ada)
    cancel_scheduled(row, actor=Actor.of_user(ada), now=timezone.now())
    steps = Event.objects.filter(ticket=ticket, kind="reply_scheduled").order_by("pk")
    assert [event.data["step"] for event in steps] == ["planned", "cancelled"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_and_an_impatient_author_send_one_reply(ada, ticket):
    row = schedule(ticket, ada)
    start = threading.Barrier(6)

    def run(work) -> None:
        start.wait()
        try:
            work()
        finally:
            connections.close_all()

    calls = [later] * 4 + [lambda: send_scheduled(row, now=timezone.now() + 2 * HOUR)] * 2
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ticket.messages.filter(kind="reply").count() == 1
    assert ScheduledReply.objects.get().state == "sent"
