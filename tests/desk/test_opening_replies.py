"""Predefined replies in the message of a new ticket: the list, what is filled in, what becomes of it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core import files
from tests.desk.test_opening import ADD, form
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.content import NewFile
from tickets.models import Message, PredefinedReply, ReplyUse, Ticket

pytestmark = pytest.mark.django_db

LIST = f"{ADD}/replies"
PART = {"HX-Request": "true"}
TEXT = "Dear {customer.name}, {department.name} took up {ticket.number}: {ticket.subject}"


@pytest.fixture
def reply(max_, technical) -> PredefinedReply:
    new = NewFile(filename="plan.txt", content_type="text/plain", stored=files.put(b"plan"))
    facts = ReplyFacts(
        fields={"name": "Training", "shortcut": "train", "department": technical},
        texts=[("en", TEXT)],
        added=(new,),
    )
    return save_predefined(None, facts=facts, actor=max_, now=timezone.now())


def typed(to, **fields) -> dict[str, object]:
    return {"department": to.pk, "kind": "inbound", "subject": "Your date", **fields}


def test_the_form_carries_the_picker(sign_in, ada, technical):
    page = sign_in(ada).get(ADD).content.decode()
    assert f'<reply-picker data-url="{LIST}" data-facts="customer_id email' in page
    assert f'formaction="{LIST}"' in page


def test_the_list_is_of_the_chosen_department(sign_in, max_, technical, billing, reply):
    client = sign_in(max_)
    here = client.get(LIST, {**typed(technical), "q": "train"}, headers=PART).content.decode()
    assert f'data-url="{LIST}/{reply.pk}"' in here
    there = client.get(LIST, {**typed(billing), "q": "train"}, headers=PART).content.decode()
    assert "/train" not in there
    assert client.get(f"{LIST}/{reply.pk}", typed(billing)).status_code == 404


def test_it_is_filled_in_as_far_as_the_form_tells(sign_in, ada, technical, cleo, reply):
    told = sign_in(ada).get(f"{LIST}/{reply.pk}", typed(technical, customer_id=cleo.pk)).json()
    assert told["text"] == "Dear Cleo, Technical took up {ticket.number}: Your date"
    assert told["missing"] is None
    assert told["note"].startswith("The number is put in when the ticket is opened.")
    assert (told["status"], told["kind"]) == (None, "reply")
    assert "plan.txt" in told["picked"]


def test_who_is_not_known_yet_is_marked(sign_in, ada, technical, reply):
    told = sign_in(ada).get(f"{LIST}/{reply.pk}", typed(technical, kind="note")).json()
    assert told["text"].startswith("Dear {customer.name}, Technical")
    assert told["text"][slice(*told["missing"])] == "{customer.name}"
    assert told["kind"] == ""
    named = sign_in(ada).get(f"{LIST}/{reply.pk}", typed(technical, name="Mira")).json()
    assert named["text"].startswith("Dear Mira,")


def test_an_address_we_know_names_its_customer(sign_in, ada, technical, cleo, reply):
    told = sign_in(ada).get(f"{LIST}/{reply.pk}", typed(technical, email="CLEO@harbour.example"))
    assert told.json()["text"].startswith("Dear Cleo,")


@pytest.mark.parametrize("pk", ["x", "9" * 30, "²", "-1"])
def test_nonsense_for_a_customer_is_nobody(sign_in, ada, technical, reply, pk):
    told = sign_in(ada).get(f"{LIST}/{reply.pk}", typed(technical, customer_id=pk))
    assert "{customer.name}" in told.json()["text"]


def test_sent_its_files_and_its_use_are_kept(sign_in, ada, technical, reply):
    picked = {"predefined": reply.pk, "predefined_files": reply.files.get().pk}
    text = "Dear Mira, Technical took up {ticket.number}: Grinder arrived cracked"
    sign_in(ada).post(ADD, form(technical, kind="reply", text=text, **picked))
    use = ReplyUse.objects.get()
    assert f"took up {use.message.ticket.number}:" in use.message.text
    assert (use.predefined, use.changed_share, use.message.kind) == (reply, 0.0, "reply")
    assert use.message.attachments.get().filename == "plan.txt"


@pytest.mark.parametrize("kind", ["inbound", "reply"])
def test_braces_of_somebody_else_stay(kind, sign_in, ada, technical):
    sign_in(ada).post(ADD, form(technical, kind=kind, text="What is {ticket.number}?"))
    assert Message.objects.get().text == "What is {ticket.number}?"


def test_what_became_a_note_took_nothing_from_the_library(sign_in, ada, technical, reply):
    picked = {"predefined": reply.pk, "predefined_files": reply.files.get().pk}
    sign_in(ada).post(ADD, form(technical, kind="note", **picked))
    assert not ReplyUse.objects.exists()
    assert not Message.objects.get().attachments.exists()


def test_a_refused_ticket_keeps_what_was_picked(sign_in, ada, technical, reply):
    picked = {"predefined": reply.pk, "predefined_files": reply.files.get().pk, "subject": " "}
    page = sign_in(ada).post(ADD, form(technical, **picked))
    assert page.status_code == 422
    assert f'name="predefined" value="{reply.pk}"' in page.content.decode()
    assert f'value="{reply.files.get().pk}" checked' in page.content.decode()


def test_without_a_script_the_list_carries_the_form(sign_in, ada, technical, reply):
    client = sign_in(ada)
    page = client.post(LIST, form(technical, text="Typed already", q="train")).content.decode()
    assert 'name="text" value="Typed already"' in page
    assert f'action="{LIST}/{reply.pk}"' in page
    assert 'name="idempotency_key" value="' in page
    back = client.post(f"{ADD}/fields", form(technical, text="Typed already")).content.decode()
    assert "Typed already" in back


def test_without_a_script_the_text_goes_below_what_was_typed(sign_in, ada, technical, reply):
    told = form(technical, text="Typed already", subject="Your date")
    page = sign_in(ada).post(f"{LIST}/{reply.pk}", told).content.decode()
    assert "Typed already\n\nDear Mira, Technical took up {ticket.number}: Your date" in page
    assert f'name="predefined" value="{reply.pk}"' in page
    assert f'value="{reply.files.get().pk}" checked' in page
    assert "The number is put in when the ticket is opened." in page
    assert not Ticket.objects.exists()
