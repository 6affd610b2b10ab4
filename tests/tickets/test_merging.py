"""Merging duplicates and taking it back; one customer never reads another's words (X-16, X-50)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.conversation import Reader, conversation_of
from sla.actions.presets import ensure_policies
from sla.models import SlaClock
from tests.factories import make_inbound, make_note, make_reply, make_ticket, make_user
from tickets import verify
from tickets.actions import (
    Spent,
    Typed,
    add_followers,
    close_ticket,
    create_task,
    log_time,
    make_promise,
    mark_spam,
    merge_tickets,
    save_draft,
    set_tags,
    tell_apart,
    unmerge_ticket,
)
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.content import Recipients
from tickets.models import DistinctPair, Event, Message, Ticket
from tickets.permissions import messages_for_customer
from tickets.promises import check_promises

pytestmark = pytest.mark.django_db


def merged(primary: Ticket, *others: Ticket, user, now=None):
    now = now or timezone.now()
    return merge_tickets(primary, others=others, actor=Actor.of_user(user), now=now)


def assert_sound() -> None:
    """What `manage.py verify` asks of tickets."""
    for check in (verify.check_columns, verify.check_counts, verify.check_times,
                  verify.check_history, verify.check_merges):  # fmt: skip
        assert check(repair=False) == []


def texts(ticket: Ticket) -> list[str]:
    return [message.text for message in messages_for_customer(ticket).order_by("pk")]


def test_messages_move_and_remember_where_they_come_from(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo, text="Still broken.")
    note = make_note(second, ada)
    [merge] = merged(first, second, user=ada)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.merged_into == first
    assert not second.is_open
    assert first.message_count == 3
    assert first.messages.filter(origin=second).count() == 2
    assert first.messages.get(pk=note.pk).kind == Message.Kind.NOTE
    assert merge.primary == first
    assert_sound()


def test_both_histories_tell_of_the_merge(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    merged(first, second, user=ada)
    assert first.events.get(kind=Event.Kind.MERGED_IN).data["number"] == second.number
    assert second.events.get(kind=Event.Kind.MERGED).data["into"] == first.number


def test_followers_tags_and_open_tasks_are_united(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    now, actor = timezone.now(), Actor.of_user(ada)
    add_followers(second, followers=[NewFollower(email="x@y.example")], actor=actor, now=now)
    set_tags(second, names=["espresso"], actor=actor, now=now)
    create_task(second, title="Call", owner=ada, due_at=None, actor=actor, now=now)
    merged(first, second, user=ada)
    assert first.followers.get().email == "x@y.example"
    assert first.tags.get().name == "espresso"
    assert first.tasks.get().title == "Call"


def test_unmerging_puts_everything_back_but_what_was_written_since(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo, text="Still broken.")
    now, actor = timezone.now(), Actor.of_user(ada)
    add_followers(second, followers=[NewFollower(email="x@y.example")], actor=actor, now=now)
    set_tags(second, names=["espresso"], actor=actor, now=now)
    [merge] = merged(first, second, user=ada)
    since = make_reply(first, ada, "One answer for both.")
    unmerge_ticket(merge, actor=actor, now=timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.merged_into is None
    assert second.is_open
    assert [m.text for m in second.messages.all()] == ["Still broken."]
    assert second.messages.get().origin is None
    assert since in first.messages.all()
    assert not first.followers.exists()
    assert not first.tags.exists()
    assert second.followers.count() == second.tags.count() == 1
    assert_sound()


def test_promises_and_time_go_along_and_come_back(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    now, actor = timezone.now(), Actor.of_user(ada)
    due_at = now + timedelta(hours=2)
    promise = make_promise(second, due_at=due_at, actor=actor, now=now)
    entry = log_time(second, spent=Spent(seconds=600), actor=actor, now=now)
    [merge] = merged(first, second, user=ada)
    first.refresh_from_db()
    assert (first.promises.get(), first.time_entries.get()) == (promise, entry)
    assert first.next_due_at == due_at
    assert check_promises(repair=False) == []
    unmerge_ticket(merge, actor=actor, now=timezone.now())
    second.refresh_from_db()
    assert (second.promises.get(), second.time_entries.get()) == (promise, entry)
    assert second.next_due_at == due_at
    assert check_promises(repair=False) == []
    assert_sound()


def test_what_was_promised_to_another_customer_is_kept_by_an_answer_to_them(
    ada, cleo, otto
) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    now = timezone.now()
    due_at = now + timedelta(hours=5)
    promise = make_promise(second, due_at=due_at, actor=Actor.of_user(ada), now=now)
    merged(first, second, user=ada)
    make_reply(first, ada, "For Cleo.", recipients=Recipients(to=(cleo.email,)))
    promise.refresh_from_db()
    assert (promise.ticket, promise.state) == (second, "open")
    make_reply(first, ada, "For Otto.", recipients=Recipients(to=(otto.email,)))
    promise.refresh_from_db()
    assert promise.state == "kept"
    assert check_promises(repair=False) == []


def test_what_is_being_typed_goes_below_what_is_typed_there(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    for ticket, text in ((first, "Dear Cleo"), (second, "The valve")):
        typed = Typed(text=text)
        save_draft(ticket, user=ada, typed=typed, revision=1, now=timezone.now())
    merged(first, second, user=ada)
    assert first.drafts.get().text == "Dear Cleo\n\nThe valve"
    assert second.drafts.get().text == ""


def test_unmerging_twice_is_once(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    [merge] = merged(first, second, user=ada)
    for _time in range(2):
        unmerge_ticket(merge, actor=Actor.of_user(ada), now=timezone.now())
    assert second.events.filter(kind=Event.Kind.UNMERGED).count() == 1


def test_after_thirty_days_it_stays_merged(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    [merge] = merged(first, second, user=ada)
    later = timezone.now() + timedelta(days=31)
    with pytest.raises(ValidationError):
        unmerge_ticket(merge, actor=Actor.of_user(ada), now=later)


def test_a_chain_comes_apart_in_the_middle(ada, cleo) -> None:
    top, middle, low = (make_ticket(cleo, text=name) for name in ("top", "middle", "low"))
    merged(middle, low, user=ada)
    [merge] = merged(top, middle, user=ada)
    low.refresh_from_db()
    assert low.merged_into == top
    unmerge_ticket(merge, actor=Actor.of_user(ada), now=timezone.now())
    low.refresh_from_db()
    assert low.merged_into == middle
    assert [m.text for m in top.messages.all()] == ["top"]
    assert {m.text for m in middle.messages.all()} == {"middle", "low"}
    assert_sound()


@pytest.mark.parametrize("make_odd", [mark_spam, None])
def test_spam_and_a_ticket_itself_are_refused(ada, cleo, make_odd) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    if make_odd:
        make_odd(second, actor=Actor.of_user(ada), now=timezone.now())
    else:
        second = first
    with pytest.raises(ValidationError):
        merged(first, second, user=ada)


def test_a_merged_ticket_is_merged_no_second_time(ada, cleo) -> None:
    first, second, third = (make_ticket(cleo) for _n in range(3))
    merged(first, second, user=ada)
    with pytest.raises(ValidationError):
        merged(third, second, user=ada)


def test_more_than_twenty_are_refused(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    with pytest.raises(ValidationError):
        merged(first, *[second] * 21, user=ada)


def test_an_open_ticket_does_not_vanish_in_a_closed_one(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    close_ticket(first, actor=Actor.of_user(ada), now=timezone.now())
    with pytest.raises(ValidationError):
        merged(first, second, user=ada)


def test_who_may_not_work_on_both_merges_nothing(ada, billing, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo, billing)
    with pytest.raises(ValidationError):
        merged(first, second, user=ada)


def test_an_unanswered_question_keeps_waiting_in_the_primary(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    make_reply(first, ada)
    [merge] = merged(first, second, user=ada)
    first.refresh_from_db()
    assert first.waiting_since == second.waiting_since
    unmerge_ticket(merge, actor=Actor.of_user(ada), now=timezone.now())
    first.refresh_from_db()
    assert first.waiting_since is None


def test_clocks_of_the_merged_end_and_begin_anew_when_it_comes_back(owner, ada, cleo) -> None:
    ensure_policies(actor=None, now=timezone.now())
    first, second = make_ticket(cleo), make_ticket(cleo)
    before = set(SlaClock.objects.filter(ticket=second).values_list("state", flat=True))
    [merge] = merged(first, second, user=ada)
    states = set(SlaClock.objects.filter(ticket=second).values_list("state", flat=True))
    assert before == {"running"}
    assert states == {"cancelled"}
    assert SlaClock.objects.filter(ticket=first, state="running").exists()
    unmerge_ticket(merge, actor=Actor.of_user(ada), now=timezone.now())
    assert SlaClock.objects.filter(ticket=second, state="running").exists()


def test_a_message_to_the_merged_ticket_lands_in_the_survivor(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    merged(first, second, user=ada)
    message = make_inbound(second, "Hello again")
    assert message.ticket == first
    assert message.origin is None


def test_another_customers_words_stay_with_them(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo, text="from cleo"), make_ticket(otto, text="from otto")
    merged(first, second, user=ada)
    second.refresh_from_db()
    late = make_inbound(second, "otto again")
    first.refresh_from_db()
    assert late.ticket == first
    assert late.origin == second
    assert first.waiting_since is not None
    assert texts(first) == ["from cleo"]
    assert texts(second) == ["from otto", "otto again"]


def test_a_reply_belongs_to_whom_it_goes_to(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo, text="from cleo"), make_ticket(otto, text="from otto")
    merged(first, second, user=ada)
    make_reply(first, ada, "for cleo")
    make_reply(first, ada, "for otto", recipients=Recipients(to=(otto.email,)))
    second.refresh_from_db()
    assert texts(first) == ["from cleo", "for cleo"]
    assert texts(second) == ["from otto", "for otto"]


def test_one_reply_to_both_is_refused(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    merged(first, second, user=ada)
    both = Recipients(to=(cleo.email,), cc=(otto.email,))
    with pytest.raises(ValidationError):
        make_reply(first, ada, recipients=both)


def test_followers_of_another_customer_are_not_united(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    new = [NewFollower(email="boss@northlight.example")]
    add_followers(second, followers=new, actor=Actor.of_user(ada), now=timezone.now())
    merged(first, second, user=ada)
    assert not first.followers.exists()


def test_unmerging_takes_the_other_customers_talk_along(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto, text="from otto")
    [merge] = merged(first, second, user=ada)
    make_reply(first, ada, "for otto", recipients=Recipients(to=(otto.email,)))
    unmerge_ticket(merge, actor=Actor.of_user(ada), now=timezone.now())
    assert [m.text for m in second.messages.order_by("pk")] == ["from otto", "for otto"]
    assert_sound()


def test_the_conversation_of_the_portal_shows_ones_own(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo, text="from cleo"), make_ticket(otto, text="from otto")
    merged(first, second, user=ada)
    second.refresh_from_db()
    reader = Reader(otto, otto.email)
    shown = conversation_of(second, reader=reader, now=timezone.now())
    assert [item.entry.body for item in shown.items if item.entry] == ["<p>from otto</p>"]


def test_two_are_told_apart_once(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    for pair in ((first, second), (second, first)):
        tell_apart(pair[0], other=pair[1], actor=Actor.of_user(ada), now=timezone.now())
    assert DistinctPair.objects.count() == 1


def test_verify_finds_a_message_that_stayed_behind(ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    merged(first, second, user=ada)
    Message.objects.filter(origin=second).update(ticket=second)
    assert len(verify.check_merges(repair=False)) == 1


def test_merging_costs_the_same_however_long_the_tickets_are(ada, cleo) -> None:
    counts = []
    for length in (1, 12, 1):  # the first one warms what is remembered
        first, second = make_ticket(cleo), make_ticket(cleo)
        for _n in range(length):
            make_inbound(second)
        with CaptureQueriesContext(connection) as captured:
            merged(first, second, user=ada)
        counts.append(len(captured))
    assert counts[1] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_two_agents_who_merge_crosswise_do_not_block_each_other(technical, cleo) -> None:
    max_ = make_user("Maxi", "manager")
    first, second = make_ticket(cleo, technical), make_ticket(cleo, technical)
    gate, outcomes = threading.Barrier(2), []

    def merge(primary: Ticket, other: Ticket) -> None:
        gate.wait()
        try:
            merged(primary, other, user=max_)
            outcomes.append("done")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    pairs = [(first, second), (second, first)]
    threads = [threading.Thread(target=merge, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["done", "refused"]
    assert Ticket.objects.filter(merged_into=None).count() == 1
