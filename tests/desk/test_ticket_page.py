"""The ticket page: what it shows, to whom, and at what cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets.actions import add_followers, change_status, delete_ticket
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.models import Message, Status, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def test_thread_shows_messages_notes_and_events_in_order(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    make_note(ticket, ada)
    change_status(
        ticket, status=Status.objects.get(slug="hold"), actor=Actor.of_user(ada), now=timezone.now()
    )
    make_reply(ticket, ada)
    page = sign_in(ada).get(url(ticket)).content.decode()
    places = [
        page.index(text)
        for text in (
            "Both machines show E-17.",
            "Valve kit is out of stock.",
            "changed the status from",
            "On our way.",
        )
    ]
    assert places == sorted(places)
    assert "message--note" in page
    assert "Internal note" in page


def test_missing_foreign_and_deleted_tickets_answer_alike(sign_in, ada, ben, max_, cleo, technical):
    ticket = make_ticket(cleo, technical)
    foreign = sign_in(ben).get(url(ticket))
    missing = sign_in(ben).get("/admin/tickets/ticket/987654")
    delete_ticket(ticket, actor=Actor.of_user(max_), now=timezone.now())
    deleted = sign_in(ada).get(url(ticket))
    assert foreign.status_code == missing.status_code == deleted.status_code == 404
    assert foreign.templates[0].name == missing.templates[0].name


def test_merged_ticket_leads_to_its_survivor(sign_in, ada, cleo, technical):
    survivor, merged = make_ticket(cleo, technical), make_ticket(cleo, technical)
    Ticket.objects.filter(pk=merged.pk).update(merged_into=survivor, is_open=False)
    response = sign_in(ada).get(url(merged))
    assert response.status_code == 301
    assert response.headers["Location"] == url(survivor)


def fill(ticket, user, count):
    now = timezone.now()
    for number in range(count):
        make_inbound(ticket, text=f"Message {number}", now=now + timedelta(seconds=number))
    for number in range(5):
        make_note(ticket, user, text=f"Note {number}")


@pytest.mark.parametrize("count", [3, 300])
def test_page_takes_at_most_eight_statements(sign_in, ada, cleo, technical, statements, count):
    ticket = make_ticket(cleo, technical)
    fill(ticket, ada, count)
    client = sign_in(ada)
    client.get(url(ticket))
    with statements(8):
        assert client.get(url(ticket)).status_code == 200


def test_long_thread_shows_the_newest_and_leads_to_older_ones(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    fill(ticket, ada, 70)
    client = sign_in(ada)
    first = client.get(url(ticket))
    thread = first.context["page"].thread
    assert thread.folded_count == 50 - 6
    assert "Message 0<" not in first.content.decode()
    older = client.get(thread.older_url).content.decode()
    assert "Both machines show E-17." in older
    assert "Message 0<" in older


def test_held_message_waits_for_approval(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    message = make_inbound(ticket, text="Please change the bank account.")
    Message.objects.filter(pk=message.pk).update(is_held=True, is_unverified=True)
    client = sign_in(ada)
    assert "waits for approval" in client.get(url(ticket)).content.decode()
    client.post(url(ticket, f"/messages/{message.pk}/approval"))
    message.refresh_from_db()
    assert not message.is_held
    assert ticket.events.filter(kind="released").exists()


@pytest.mark.parametrize("part", ["ticket-head", "thread"])
def test_parts_are_the_same_alone_and_in_the_page(sign_in, ada, cleo, technical, part):
    ticket = make_ticket(cleo, technical)
    client = sign_in(ada)
    whole = client.get(url(ticket))
    alone = client.get(url(ticket), headers={**HTMX, "HX-Target": part})
    assert b"<!doctype" not in alone.content.lower()
    assert f'id="{part}"' in alone.content.decode()
    skeleton = [line for line in alone.content.decode().split("\n") if "csrf" not in line]
    assert all(line.strip() in whole.content.decode() for line in skeleton)


def test_side_panel_shows_only_what_the_agent_may_see(sign_in, ada, cleo, technical, billing):
    ticket = make_ticket(cleo, technical)
    make_ticket(cleo, technical, subject="Water filter")
    make_ticket(cleo, billing, subject="Secret invoice")
    add_followers(
        ticket,
        followers=[NewFollower(email="facility@harbour.example")],
        actor=Actor.of_user(ada),
        now=timezone.now(),
    )
    response = sign_in(ada).get(url(ticket, "/context"), headers=HTMX).content.decode()
    assert "Water filter" in response
    assert "facility@harbour.example" in response
    assert "Secret invoice" not in response
    assert "cleo@harbour.example" in response


def test_pulse_is_silent_until_something_changes(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    client = sign_in(ada)
    pulse = url(ticket, "/pulse?") + client.get(url(ticket)).context["page"].pulse
    assert client.get(pulse, headers=HTMX).status_code == 204
    make_inbound(ticket)
    answer = client.get(pulse, headers=HTMX)
    assert answer.status_code == 200
    assert "hd:ticket-changed" in str(answer.headers)
    assert "New message from Cleo" in str(answer.headers)


def test_colleague_on_the_same_page_is_shown(sign_in, ada, max_, cleo, technical):
    ticket = make_ticket(cleo, technical)
    sign_in(max_).get(url(ticket))
    assert "Max is looking at this" in sign_in(ada).get(url(ticket)).content.decode()


def test_frame_is_sandboxed_and_loads_nothing_foreign(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    message = ticket.messages.get()
    response = sign_in(ada).get(url(ticket, f"/messages/{message.pk}/frame"))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "'unsafe-inline'" in policy
    assert "script-src" not in policy
