"""Several at once: one form has one effect, and of two who answer one is told (D-20, D-21)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connections
from django.http import HttpResponse

from tests.drills.conftest import FULL, QUICK, Size
from tests.factories import make_ticket, make_user
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket, part: str = "/messages") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def form(ticket, text: str) -> dict[str, object]:
    ticket.refresh_from_db()
    return {
        "kind": "reply",
        "text": text,
        "to": "cleo@harbour.example",
        "last_seen_message_id": ticket.last_message_id,
        "idempotency_key": str(uuid.uuid4()),
    }


def at_once(*calls: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """All calls begun at the same moment; their answers in the same order."""
    start, answers = threading.Barrier(len(calls)), [HttpResponse(status=599)] * len(calls)

    def run(place: int) -> None:
        start.wait()
        try:
            answers[place] = calls[place]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_one_form_posted_ten_times_at_once_is_one_reply(sign_in, ada, ticket):
    clients, fields = [sign_in(ada) for _ in range(10)], form(ticket, "Once.")
    answers = at_once(*(lambda c=client: c.post(url(ticket), fields) for client in clients))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert ticket.messages.filter(kind="reply").count() == 1


@pytest.mark.parametrize("size", [QUICK, FULL])
def test_of_two_agents_who_answer_one_is_told_and_may_send_again(
    sign_in, ada, technical, ticket, size: Size
):
    rounds = 100 if size.is_full else 8
    eve = sign_in(make_user("Eve", "agent", technical))
    first = sign_in(ada)
    for number in range(rounds):
        mine, theirs = form(ticket, f"Ada {number}"), form(ticket, f"Eve {number}")
        answers = at_once(
            lambda f=mine: first.post(url(ticket), f), lambda f=theirs: eve.post(url(ticket), f)
        )
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        lost, client = (theirs, eve) if answers[0].status_code == 303 else (mine, first)
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert str(lost["text"]) in refused.content.decode()
        ticket.refresh_from_db()
        again = {**lost, "last_seen_message_id": ticket.last_message_id}
        assert client.post(url(ticket), again).status_code == 303
    assert ticket.messages.filter(kind="reply").count() == 2 * rounds


def test_draft_saved_at_the_moment_of_sending_never_comes_back(sign_in, ada, ticket):
    client, other = sign_in(ada), sign_in(ada)
    for number in range(10):
        fields = form(ticket, f"Dear {number}")
        sent, saved = at_once(
            lambda f=fields: client.post(url(ticket), f),
            lambda f=fields: other.post(url(ticket, "/draft"), f),
        )
        assert (sent.status_code, saved.status_code) == (303, 204)
        assert Draft.objects.get(ticket=ticket, user=ada, kind="reply").text == ""
