"""What can be done with one message on the ticket page, and the page on paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from desk.presence import be_typing
from tests.factories import make_inbound, make_note, make_ticket
from tests.tickets.test_forwarding import VENDOR, answer, forward
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def fill(ticket: Ticket, count: int) -> list[int]:
    now = timezone.now()
    return [
        make_inbound(ticket, text=f"Message {n}", now=now + timedelta(seconds=n)).pk
        for n in range(count)
    ]


def test_permalink_finds_a_message_on_an_older_page(sign_in, ada, ticket):
    old = fill(ticket, 130)[20]
    page = sign_in(ada).get(url(ticket, f"?at={old}"))
    assert f'id="message-{old}"' in page.content.decode()
    thread = page.context["page"].thread
    assert thread.is_unfolded
    assert thread.newest_url == url(ticket)
    reloaded = sign_in(ada).get(thread.reload_url, headers={**HTMX, "HX-Target": "thread"})
    assert f'id="message-{old}"' in reloaded.content.decode()


@pytest.mark.parametrize("at", ["newest", "999999999", "x", "0"])
def test_permalink_to_the_newest_page_or_to_nothing_shows_the_newest(sign_in, ada, ticket, at):
    pks = fill(ticket, 60)
    page = sign_in(ada).get(url(ticket, f"?at={pks[-1] if at == 'newest' else at}"))
    assert f'id="message-{pks[-1]}"' in page.content.decode()


def test_menu_offers_what_fits_the_message(sign_in, ada, max_, ticket):
    note = make_note(ticket, ada)
    first = ticket.messages.first()
    page = sign_in(ada).get(url(ticket)).content.decode()
    assert f"/messages/{first.pk}/forward" in page
    assert f"/messages/{note.pk}/forward" not in page
    assert "/redaction" not in page
    assert f"/messages/{note.pk}/redaction" in sign_in(max_).get(url(ticket)).content.decode()


def test_forward_page_sends_the_message_on(sign_in, ada, ticket):
    message, client = ticket.messages.get(), sign_in(ada)
    address = url(ticket, f"/messages/{message.pk}/forward")
    assert "Both machines show E-17." in client.get(address).content.decode()
    refused = client.post(address, {"to": "nonsense", "text": "Do you know this?"})
    assert refused.status_code == 422
    assert "Do you know this?" in refused.content.decode()
    done = client.post(address, {"to": VENDOR, "text": "Do you know this?"})
    assert done.status_code == 303
    sent = ticket.messages.get(kind="forward")
    assert (sent.source, sent.recipients_to) == (message, [VENDOR])
    assert client.get(url(ticket, f"/messages/{sent.pk}/forward")).status_code == 404


def test_thread_marks_a_forward_and_its_answer(sign_in, ada, ticket):
    sent = forward(ticket, ada, ticket.messages.get())
    answer(sent)
    page = sign_in(ada).get(url(ticket)).content.decode()
    assert "the customer does not see this" in page
    assert "Answer to a forward" in page
    assert f"?at={sent.pk}#message-{sent.pk}" in page


def test_print_has_notes_only_when_asked_for(sign_in, ada, ticket):
    make_note(ticket, ada)
    forward(ticket, ada)
    client = sign_in(ada)
    plain = client.get(url(ticket, "/print")).content.decode()
    assert "Both machines show E-17." in plain
    assert "Valve kit" not in plain
    assert "Do you know this error?" not in plain
    full = client.get(url(ticket, "/print?internal=1")).content.decode()
    assert "Valve kit" in full
    assert "Do not give this to the customer" in full


def test_subject_is_changed_in_place_and_refusal_keeps_the_text(sign_in, ada, ticket):
    client = sign_in(ada)
    form = client.get(url(ticket, "/subject"), headers=HTMX).content.decode()
    assert "<!doctype" not in form.lower()
    assert 'value="Espresso line down"' in form
    long = "x" * 300
    refused = client.post(url(ticket, "/subject"), {"subject": long}, headers=HTMX)
    assert refused.status_code == 422
    assert long in refused.content.decode()
    done = client.post(url(ticket, "/subject"), {"subject": "Boiler"}, headers=HTMX)
    assert (done.status_code, done.content) == (200, b"")
    assert "hd:ticket-changed" in str(done.headers)
    ticket.refresh_from_db()
    assert ticket.subject == "Boiler"


def test_refused_customer_keeps_the_address_that_was_typed(sign_in, ada, ticket):
    refused = sign_in(ada).post(url(ticket, "/requester"), {"email": "nobody@nowhere.example"})
    assert refused.status_code == 422
    assert "nobody@nowhere.example" in refused.content.decode()
    assert "No customer has this address." in refused.content.decode()


def test_typing_colleague_is_told_by_the_next_pulse(sign_in, ada, max_, ticket):
    client = sign_in(ada)
    pulse = url(ticket, "/pulse?") + client.get(url(ticket)).context["page"].pulse
    assert client.get(pulse, headers=HTMX).status_code == 204
    be_typing(ticket, max_)
    assert "Max is writing" in client.get(pulse, headers=HTMX).content.decode()


def test_nothing_that_reloads_holds_the_composer(sign_in, ada, ticket):
    """Parts that swap themselves on news must never contain what somebody types (N7)."""
    page = sign_in(ada).get(url(ticket)).content.decode()
    start = page.index("<reply-editor")
    composer = page[start : page.index("</reply-editor>")]
    assert "hd:ticket-changed" not in composer
    assert "hd:tick" not in composer
    assert "hx-swap-oob" not in composer
    before = page[:start]
    for part in ("ticket-head", "thread", "pulse"):
        opened = before.index(f'id="{part}"')
        tag = re.search(r"<(\w+)[^<]*$", before[:opened])[1]
        inner = before[opened:]
        assert inner.count(f"</{tag}>") > inner.count(f"<{tag} ") + inner.count(f"<{tag}>"), part


def test_pulse_never_carries_the_composer(sign_in, ada, ticket):
    client = sign_in(ada)
    pulse = url(ticket, "/pulse?") + client.get(url(ticket)).context["page"].pulse
    make_inbound(ticket)
    assert "reply-editor" not in client.get(pulse, headers=HTMX).content.decode()


def test_redelivery_of_a_forward_is_offered(sign_in, ada, ticket):
    sent = forward(ticket, ada)
    Message.objects.filter(pk=sent.pk).update(delivery_state="failed")
    assert f"/messages/{sent.pk}/delivery" in sign_in(ada).get(url(ticket)).content.decode()
