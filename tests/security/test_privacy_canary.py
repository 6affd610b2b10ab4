"""What is internal never leaves: canaries in notes, drafts, held messages and history (X-37, X-39)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from django.test import Client
from django.utils import timezone

from automation.models import Rule
from automation.versions import publish
from core import options
from mailpipe.actions.receipts import send_receipt
from mailpipe.composition import compose
from mailpipe.mime import build
from mailpipe.models import OutgoingMail
from notifications.models import Endpoint, NoticeDelivery, Notification
from tests.factories import make_inbound, make_note, make_reply
from tests.security.routes import ROUTES
from tests.security.stage import CANARIES, Stage
from tests.security.visits import address, body_of, browser_of
from tickets.actions import close_ticket
from tickets.actors import Actor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def leaks(text: str) -> list[str]:
    """The canaries that sing in `text`."""
    return [name for name, words in CANARIES.items() if words in text]


def whole_mail(row: OutgoingMail) -> str:
    """Headers and every part, decoded, and the raw bytes as well (X-39)."""
    raw = build(compose(row, now=timezone.now()), now=timezone.now())
    mail = message_from_bytes(raw, policy=default)
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    names = [str(part.get_filename()) for part in mail.walk()]
    return "\n".join([raw.decode("utf-8", "replace"), *map(str, mail.items()), *parts, *names])


def test_x37_x39_no_mail_carries_what_is_internal(stage):
    """Replies with all that is quoted in them, receipts, notices: each and every row."""
    now = timezone.now()
    make_inbound(stage.ticket, "And the grinder?")
    make_note(stage.ticket, stage.ada, CANARIES["note"])
    make_reply(stage.ticket, stage.ada, "The grinder follows.")
    send_receipt(stage.ticket, now=now)
    close_ticket(stage.ticket, actor=Actor.of_user(stage.ada), now=now)
    rows = OutgoingMail.objects.filter(ticket=stage.ticket)
    assert rows.filter(kind="reply").count() == 2
    assert options.value("mailpipe.quote_history")
    for row in rows:
        text = whole_mail(row)
        assert leaks(text) == [], row.subject
        if row.kind == "reply":
            assert "Both machines show" in text  # the public history is quoted


NAMES = "{customer.name} {ticket.number} {ticket.subject} {department.name} {company.name} {note}"


def test_x37_rules_carry_nothing_internal_out(stage):
    """A rule that waits for notes tells everybody it can: the house, a webhook, the customer."""
    now = timezone.now()
    hook = Endpoint.objects.create(kind="webhook", name="Hook", slug="hook", created_at=now)
    effects = [
        {"effect": "notify", "to": ["lead", "members"], "title": NAMES, "text": NAMES},
        {"effect": "tell_endpoint", "endpoint": hook.pk, "title": NAMES, "text": NAMES},
        {"effect": "reply", "text": NAMES},
    ]
    Rule.objects.create(kind="trigger", name="Loud", trigger="note_added", effects=effects)
    publish("trigger", actor=None, now=now)
    make_note(stage.ticket, stage.ada, CANARIES["note"])
    told = [f"{row.title} {row.body}" for row in Notification.objects.all()]
    sent = [str(row.payload) for row in NoticeDelivery.objects.filter(endpoint=hook)]
    said = [row.text for row in stage.ticket.messages.filter(kind="reply", is_automatic=True)]
    assert (len(sent), len(said)) == (1, 1)
    assert told
    assert {leak for text in (*told, *sent, *said) for leak in leaks(text)} == set()


def test_reply_quotes_neither_files_nor_words_of_notes(stage):
    message = make_reply(stage.ticket, stage.ada, "See above.")
    row = compose(OutgoingMail.objects.get(message=message), now=timezone.now())
    assert "We bring new seals." in row.text
    assert leaks(row.text + row.html) == []


@pytest.mark.parametrize("actor", ["anonymous", "cleo", "otto"])
def test_x37_no_page_for_customers_shows_what_is_internal(stage, actor):
    """Every address customers can read, as page, as fragment, and after an answer."""
    client, found = browser_of(stage, actor), {}
    for name, route in ROUTES.items():
        if not name.startswith(("portal:", "tickets:", "account")):
            continue
        path = address(name, stage)
        answers = [client.get(path), client.get(path, headers=HTMX)]
        if name.startswith("portal:") and route.post:
            answers.append(client.post(path, {"message": ""}, headers=HTMX))
        own = {"foreign"} if actor == "otto" else set()
        sung = {leak for one in answers for leak in leaks(body_of(one))} - own
        if sung:
            found[name] = sung
    assert found == {}


def test_page_of_the_agent_shows_all_of_it(stage):
    """The canaries are where they belong; else the tests above prove nothing."""
    ada, base = browser_of(stage, "ada"), f"/admin/tickets/ticket/{stage.ticket.number}"
    pages = "".join(body_of(ada.get(base + part)) for part in ("", "/context"))
    assert {"note", "note_file", "draft", "held", "tag"} <= set(leaks(pages))


def test_x37_customers_search_knows_nothing_internal(stage):
    cleo, own = browser_of(stage, "cleo"), str(stage.ticket.public_id)
    assert own in body_of(cleo.get("/clients/tickets", {"q": "espresso"}))
    for words in CANARIES.values():
        assert own not in body_of(cleo.get("/clients/tickets", {"q": words})), words


def test_pulse_is_silent_about_what_is_internal(stage):
    """Not even that something happened is told."""
    cleo, path = browser_of(stage, "cleo"), f"/clients/ticket/{stage.ticket.public_id}"
    mark = body_of(cleo.get(path)).split("mark=")[1][:40].split('"')[0].split("&")[0]
    assert cleo.get(f"{path}/pulse?mark={mark}", headers=HTMX).status_code == 204
    make_note(stage.ticket, stage.ada, "Another note.")
    assert cleo.get(f"{path}/pulse?mark={mark}", headers=HTMX).status_code == 204


def test_preview_and_order_of_the_list_are_not_moved_by_notes(stage):
    cleo = browser_of(stage, "cleo")
    before = _rows(cleo)
    make_note(stage.ticket, stage.ada, "Internal only.")
    assert _rows(cleo) == before


def test_x37_staffs_names_of_files_are_not_served_under_another_name(stage: Stage):
    """The name in the address is decoration; the uuid decides."""
    for file in (stage.file_of_note, stage.file_of_held):
        for name in ("log.txt", file.filename, "../log.txt"):
            assert Client().get(f"/attachments/{file.pk}/{name}").status_code == 404


def _rows(client: Client) -> list[str]:
    page = body_of(client.get("/clients/tickets"))
    return [line.strip() for line in page.splitlines() if "/clients/ticket/" in line]
