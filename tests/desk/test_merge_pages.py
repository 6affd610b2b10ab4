"""Pages of merging, splitting and incidents, and what their customers see of it (X-16)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core import files
from mailpipe.composition import compose
from mailpipe.models import OutgoingMail
from mailpipe.quotation import history
from tests.factories import make_customer, make_inbound, make_reply, make_ticket
from tests.mailpipe.letters import letter, receive
from tickets.actions import add_parts, mark_incident, merge_tickets
from tickets.actions.guests import issue_guest_token
from tickets.actors import Actor
from tickets.content import Content, NewFile, Recipients
from tickets.models import DistinctPair, Merge, Ticket, TicketLink

pytestmark = pytest.mark.django_db


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}" + (f"/{part}" if part else "")


def merge(primary: Ticket, other: Ticket, user) -> Merge:
    actor, now = Actor.of_user(user), timezone.now()
    [row] = merge_tickets(primary, others=[other], actor=actor, now=now)
    other.refresh_from_db()
    primary.refresh_from_db()
    return row


# -- the desk ------------------------------------------------------------------------------


def test_merging_takes_a_choice_and_a_click(sign_in, ada, cleo) -> None:
    first = make_ticket(cleo, subject="Espresso line down")
    second = make_ticket(cleo, subject="Invoice wrong", text="Other words")
    client = sign_in(ada)
    page = client.get(url(second, "merge")).content.decode()
    assert f"#{first.number} Espresso line down" in page
    page = client.get(url(second, "merge"), {"with": first.number}).content.decode()
    assert "Which ticket stays?" in page
    answer = client.post(
        url(second, "merge"), {"with": first.number, "stays": first.number}, follow=True
    )
    second.refresh_from_db()
    assert second.merged_into == first
    assert "is part of this ticket now" in answer.content.decode()


def test_the_other_ticket_is_found_by_number_words_and_address(sign_in, ada, cleo, otto) -> None:
    here, there = make_ticket(cleo), make_ticket(otto, subject="Grinder smokes")
    client = sign_in(ada)
    for text in (f"#{there.number}", otto.email):
        page = client.get(url(here, "merge"), {"q": text}, headers={"HX-Request": "true"})
        assert "Grinder smokes" in page.content.decode()
        assert "<html" not in page.content.decode()


def test_what_one_may_not_see_is_not_found(sign_in, ada, billing, cleo) -> None:
    here, there = make_ticket(cleo), make_ticket(cleo, billing, subject="Secret")
    client = sign_in(ada)
    assert "Secret" not in client.get(url(here, "merge")).content.decode()
    assert client.get(url(here, "merge"), {"with": there.number}).status_code == 404
    assert client.post(url(here, "merge"), {"with": there.number}).status_code == 404


def test_a_refusal_keeps_the_preview(sign_in, ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    mark_incident(second, is_on=True, actor=Actor.of_user(ada), now=timezone.now())
    answer = sign_in(ada).post(url(first, "merge"), {"with": second.number, "stays": first.number})
    assert answer.status_code == 422
    assert "is an incident" in answer.content.decode()


def test_the_card_offers_to_take_a_merge_back(sign_in, ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    row = merge(first, second, ada)
    client = sign_in(ada)
    address = url(first, f"merges/{row.pk}/removal")
    assert address in client.get(url(first, "context")).content.decode()
    client.post(address)
    second.refresh_from_db()
    assert second.merged_into is None


def test_a_merged_ticket_leads_to_its_survivor(sign_in, ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    merge(first, second, ada)
    answer = sign_in(ada).get(url(second))
    assert answer.status_code == 301
    assert answer["Location"] == url(first)


def test_a_duplicate_is_suggested_until_somebody_says_no(sign_in, ada, cleo) -> None:
    first = make_ticket(cleo, subject="Espresso line down in Harbour shop")
    second = make_ticket(cleo, subject="Re: Espresso line is down, Harbour shop", text="Hello?")
    make_ticket(cleo, subject="Invoice 4711", text="A wholly different matter.")
    client = sign_in(ada)
    page = client.get(url(second, "duplicates")).content.decode()
    assert f"Looks like #{first.number}" in page
    client.post(url(second, "duplicates/removal"), {"with": first.number})
    assert DistinctPair.objects.count() == 1
    assert "Looks like" not in client.get(url(second, "duplicates")).content.decode()


def test_an_open_incident_is_offered_to_what_sounds_like_it(sign_in, ada, cleo, otto) -> None:
    incident = make_ticket(cleo, subject="Outage of the payment terminal")
    ticket = make_ticket(otto, subject="payment terminal outage?")
    client = sign_in(ada)
    assert "May be part" not in client.get(url(ticket, "duplicates")).content.decode()
    client.post(url(incident, "incident/declaration"))
    page = client.get(url(ticket, "duplicates")).content.decode()
    assert f"May be part of the incident #{incident.number}" in page
    client.post(url(incident, "parts"), {"numbers": ticket.number})
    assert "May be part" not in client.get(url(ticket, "duplicates")).content.decode()


def test_splitting_from_a_message_on(sign_in, ada, cleo) -> None:
    ticket = make_ticket(cleo)
    asked = make_inbound(ticket, "And the invoice?")
    client = sign_in(ada)
    page = client.get(url(ticket, "split"), {"from": asked.pk}).content.decode()
    assert f'value="{asked.pk}" checked' in page
    said = {"message": asked.pk, "subject": "Invoice", "department": ticket.department_id,
            "customer": cleo.pk}  # fmt: skip
    client.post(url(ticket, "split"), said)
    fresh = Ticket.objects.get(subject="Invoice")
    assert fresh.messages.get() == asked


def test_a_refused_split_keeps_what_was_typed(sign_in, ada, cleo) -> None:
    ticket = make_ticket(cleo)
    said = {"subject": "Half typed", "department": ticket.department_id, "customer": cleo.pk}
    answer = sign_in(ada).post(url(ticket, "split"), said)
    assert answer.status_code == 422
    assert "Half typed" in answer.content.decode()


def test_an_incident_is_told_once_to_all(sign_in, ada, cleo, otto) -> None:
    incident, first, second = make_ticket(cleo), make_ticket(cleo), make_ticket(otto)
    client = sign_in(ada)
    client.post(url(incident, "incident/declaration"))
    client.post(url(incident, "parts"), {"numbers": f"#{first.number}, {second.number}"})
    assert TicketLink.objects.filter(kind="part", target=incident).count() == 2
    client.post(url(incident, "incident/updates"), {"text": "We are on it.", "how": "close"})
    page = client.get(url(incident, "incident")).content.decode()
    assert "In 2 of 2 tickets" in page
    for ticket in (first, second, incident):
        ticket.refresh_from_db()
        assert ticket.is_resolved


def test_unknown_numbers_are_named_and_kept(sign_in, ada, cleo) -> None:
    incident = make_ticket(cleo)
    answer = sign_in(ada).post(url(incident, "parts"), {"numbers": "999999"})
    assert answer.status_code == 422
    assert "999999" in answer.content.decode()


def test_closing_a_ticket_with_open_parts_asks_first(sign_in, ada, cleo) -> None:
    parent, child = make_ticket(cleo), make_ticket(cleo)
    add_parts(parent, children=[child], actor=Actor.of_user(ada), now=timezone.now())
    client = sign_in(ada)
    page = client.post(url(parent, "closure"), follow=True).content.decode()
    parent.refresh_from_db()
    assert parent.is_open
    assert "Close this one alone" in page
    client.post(url(parent, "closure"), {"parts": "all"})
    parent.refresh_from_db()
    child.refresh_from_db()
    assert parent.is_resolved
    assert child.is_resolved


# -- the customers ---------------------------------------------------------------------------


def two_customers(ada, cleo, otto) -> tuple[Ticket, Ticket]:
    """Otto's ticket is merged into Cleo's."""
    file = NewFile(filename="otto.txt", content_type="text/plain", stored=files.put(b"of otto"))
    first = make_ticket(cleo, subject="Cleo asks", text="words of cleo")
    second = make_ticket(
        otto, subject="Otto asks", content=Content(text="words of otto", files=(file,))
    )
    merge(first, second, ada)
    return first, second


def test_the_portal_shows_each_customer_their_own(sign_in, ada, cleo, otto) -> None:
    first, second = two_customers(ada, cleo, otto)
    of_cleo = sign_in(cleo).get(f"/clients/ticket/{first.public_id}").content.decode()
    of_otto = sign_in(otto).get(f"/clients/ticket/{second.public_id}").content.decode()
    assert "words of cleo" in of_cleo
    assert "words of otto" not in of_cleo
    assert "words of otto" in of_otto
    assert "words of cleo" not in of_otto
    assert sign_in(otto).get(f"/clients/ticket/{first.public_id}").status_code == 404


def test_the_other_customer_keeps_it_in_the_list_and_can_answer(sign_in, ada, cleo, otto) -> None:
    first, second = two_customers(ada, cleo, otto)
    client = sign_in(otto)
    assert "Otto asks" in client.get("/clients/tickets").content.decode()
    client.post(f"/clients/ticket/{second.public_id}", {"message": "more of otto"})
    message = first.messages.latest("pk")
    assert (message.text, message.origin) == ("more of otto", second)
    page = client.get(f"/clients/ticket/{second.public_id}").content.decode()
    assert "more of otto" in page
    page = sign_in(cleo).get(f"/clients/ticket/{first.public_id}").content.decode()
    assert "more of otto" not in page


def test_the_portal_leads_the_same_customer_on(sign_in, ada, cleo) -> None:
    first, second = make_ticket(cleo), make_ticket(cleo)
    merge(first, second, ada)
    answer = sign_in(cleo).get(f"/clients/ticket/{second.public_id}")
    assert answer["Location"] == f"/clients/ticket/{first.public_id}"


def test_guest_links_show_each_their_own(client, ada, cleo, otto) -> None:
    first, second = make_ticket(cleo, text="words of cleo"), make_ticket(otto, text="of otto")
    token = issue_guest_token(second, email=otto.email, now=timezone.now())
    merge(first, second, ada)
    page = client.get(f"/t/{token}").content.decode()
    assert "of otto" in page
    assert "words of cleo" not in page


def test_the_guest_link_of_a_duplicate_opens_the_survivor(client, ada, cleo) -> None:
    first, second = make_ticket(cleo, text="the first"), make_ticket(cleo, text="the second")
    token = issue_guest_token(second, email=cleo.email, now=timezone.now())
    merge(first, second, ada)
    page = client.get(f"/t/{token}").content.decode()
    assert "the first" in page
    assert "the second" in page
    client.post(f"/t/{token}", {"message": "by link"})
    assert first.messages.latest("pk").text == "by link"


def test_files_open_for_their_own_customer_alone(sign_in, ada, cleo, otto) -> None:
    first, _second = two_customers(ada, cleo, otto)
    file = first.attachments.get()
    address = f"/attachments/{file.pk}/otto.txt"
    assert sign_in(cleo).get(address).status_code == 404
    assert sign_in(otto).get(address).status_code == 200
    assert sign_in(ada).get(address).status_code == 200


def test_mails_quote_each_customer_their_own(ada, cleo, otto) -> None:
    first, second = two_customers(ada, cleo, otto)
    to_cleo = make_reply(first, ada, "for cleo")
    to_otto = make_reply(first, ada, "for otto", recipients=Recipients(to=(otto.email,)))
    assert [row.text for row in history(to_cleo)] == ["words of cleo"]
    assert [row.text for row in history(to_otto)] == ["words of otto"]
    mail = compose(OutgoingMail.objects.get(message=to_otto), now=timezone.now())
    whole = f"{mail.subject} {mail.text} {mail.html} {mail.headers}"
    assert str(second.number) in mail.subject
    assert "cleo" not in whole.lower()
    assert str(first.number) not in whole


def test_an_answer_by_mail_to_the_merged_ticket_stays_with_its_customer(ada, cleo, otto) -> None:
    first, second = two_customers(ada, cleo, otto)
    to_otto = make_reply(first, ada, "for otto", recipients=Recipients(to=(otto.email,)))
    mail = compose(OutgoingMail.objects.get(message=to_otto), now=timezone.now())
    raw = letter(
        "thanks from otto", From=f"Otto <{otto.email}>", To=mail.reply_to, Subject=mail.subject
    )
    receive(raw, recipient=mail.reply_to, sender=otto.email)
    message = first.messages.latest("pk")
    assert message.text.startswith("thanks from otto")
    assert message.origin == second
    assert not message.is_held


def test_the_search_of_the_portal_finds_nothing_of_the_other(sign_in, ada, cleo, otto) -> None:
    two_customers(ada, cleo, otto)
    page = sign_in(cleo).get("/clients/tickets", {"q": "otto"}).content.decode()
    assert "Otto asks" not in page


def test_colleagues_of_another_company_see_no_parts(sign_in, ada, cleo, otto) -> None:
    parent, child = make_ticket(cleo, subject="Outage"), make_ticket(otto)
    add_parts(parent, children=[child], actor=Actor.of_user(ada), now=timezone.now())
    page = sign_in(otto).get(f"/clients/ticket/{child.public_id}").content.decode()
    assert "Outage" not in page
    assert make_customer("Dana").pk
