"""The activity of a ticket: everything in one list, filtered, paged, and for its readers alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import audit
from mailpipe.dispatch import send_due
from sla.models import SlaClock
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tests.mailpipe.letters import receive
from tickets.actions import change_status
from tickets.actors import Actor
from tickets.models import Status, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(cleo, technical, ada) -> Ticket:
    ticket = make_ticket(cleo, technical)
    make_note(ticket, ada)
    make_reply(ticket, ada)
    hold = Status.objects.get(slug="hold")
    change_status(ticket, status=hold, actor=Actor.of_user(ada), now=timezone.now())
    return ticket


def url(ticket: Ticket, **query: object) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/admin/tickets/ticket/{ticket.number}/activity?{words}"


def lines(response) -> list[str]:
    return [
        " ".join([*map(str, entry.line.sentences), entry.line.words])
        for entry in response.context["page"].entries
    ]


def test_activity_tells_of_messages_changes_mail_and_deadlines(sign_in, ada, ticket):
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))
    receive(Subject=f"[Ticket ID: {ticket.number}]")
    SlaClock.objects.filter(ticket=ticket).delete()
    now = timezone.now()
    SlaClock.objects.create(
        ticket=ticket, metric="resolution", state="running", started_at=now, target_s=60,
        due_at=now, breached_at=now,
    )  # fmt: skip
    said = "\n".join(lines(sign_in(ada).get(url(ticket))))
    for words in (
        "opened the ticket", "wrote an internal note", "answered the customer", "On our way.",
        "changed the status", "Mail, Reply, to cleo@harbour.example", "came in", "Missed:",
    ):  # fmt: skip
        assert words in said, words


@pytest.mark.parametrize(
    ("what", "there", "absent"),
    [
        ("messages", "internal note", "changed the status"),
        ("changes", "changed the status", "internal note"),
        ("mail", "Mail, Reply", "changed the status"),
    ],
)
def test_activity_is_filtered_by_what_happened(sign_in, ada, ticket, what, there, absent):
    said = "\n".join(lines(sign_in(ada).get(url(ticket, what=what))))
    assert there in said
    assert absent not in said


def test_activity_is_filtered_by_who_did_it(sign_in, ada, ticket):
    client = sign_in(ada)
    of_ada = "\n".join(lines(client.get(url(ticket, who=ada.pk))))
    assert "wrote an internal note" in of_ada
    assert "opened the ticket" not in of_ada
    of_customers = lines(client.get(url(ticket, who="customer")))
    assert len(of_customers) == 1
    assert "opened the ticket" in of_customers[0]


def test_pages_lead_through_everything_once(sign_in, ada, ticket):
    start = timezone.now()
    for number in range(120):
        make_inbound(ticket, text=f"Word {number}", now=start + timedelta(seconds=number // 3))
    client, seen, address = sign_in(ada), [], url(ticket, what="messages")
    for _page in range(4):
        page = client.get(address).context["page"]
        seen += [entry.line.url for entry in page.entries]
        if not page.next_url:
            break
        address = page.next_url
    assert len(seen) == len(set(seen)) == 123
    back = client.get(page.previous_url).context["page"]
    assert [entry.line.url for entry in back.entries] == seen[50:100]


def test_audit_lines_are_for_those_who_may_read_the_log(sign_in, ada, max_, ticket):
    message = ticket.messages.first()
    audit.record("raw_mail_downloaded", message, actor=max_)
    assert "Audit:" in "\n".join(lines(sign_in(max_).get(url(ticket, what="audit"))))
    assert "Audit:" not in "\n".join(lines(sign_in(ada).get(url(ticket))))
    assert lines(sign_in(ada).get(url(ticket, what="audit"))) == []


def test_length_does_not_cost_statements(sign_in, ada, cleo, technical, statements):
    few, many = make_ticket(cleo, technical), make_ticket(cleo, technical)
    for _count in range(60):
        make_inbound(many)
    client = sign_in(ada)
    client.get(url(few))
    for ticket in (few, many):
        with statements(14):
            assert client.get(url(ticket)).status_code == 200


def test_nonsense_shows_everything(sign_in, ada, ticket):
    answer = sign_in(ada).get(url(ticket, what="x", who="999", after="1_2", before="a_b_c"))
    assert answer.status_code == 200
    assert answer.context["page"].entries
