"""Predefined replies in the composer: the list, the filled text, its files, its use; promises."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core import files
from core.registries import ArticleLink, article_sources
from core.timers import act_on_due
from tests.factories import make_ticket
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.actions.promises import make_promise
from tickets.actors import Actor
from tickets.content import NewFile
from tickets.models import Draft, PredefinedReply, Promise, ReplyUse, Status, Ticket

pytestmark = pytest.mark.django_db

FORM = "%Y-%m-%dT%H:%M"
PART = {"HX-Request": "true"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def reply(max_) -> PredefinedReply:
    stored = files.put(b"plan")
    new = NewFile(filename="plan.txt", content_type="text/plain", stored=stored)
    facts = ReplyFacts(
        fields={
            "name": "Good bye",
            "shortcut": "bye",
            "status_after": Status.objects.get(slug="closed"),
        },
        texts=[("en", "Bye {customer.name} {nonsense}")],
        added=(new,),
    )
    return save_predefined(None, facts=facts, actor=max_, now=timezone.now())


@pytest.fixture
def articles():
    def source(_user, query, _language):
        return [ArticleLink("Reset it", f"https://help.example/{query}", "Press the key")]

    article_sources.register("tests.articles", source)
    yield
    del article_sources._entries["tests.articles"]


def url(ticket: Ticket, *parts: object) -> str:
    return "/".join([f"/admin/tickets/ticket/{ticket.number}", *map(str, parts)])


def message(ticket: Ticket, **fields) -> dict:
    return {
        "kind": "reply",
        "text": "Bye Cleo {nonsense}",
        "to": "cleo@harbour.example",
        "last_seen_message_id": ticket.last_message_id,
        **fields,
    }


def test_the_composer_carries_the_picker(sign_in, ada, ticket, statements):
    page = sign_in(ada).get(url(ticket)).content.decode()
    assert f'<reply-picker data-url="{url(ticket, "replies")}"' in page
    assert 'id="add-promise"' in page


def test_the_list_is_a_listbox_of_what_fits(sign_in, ada, ticket, reply):
    client = sign_in(ada)
    page = client.get(url(ticket, "replies"), {"q": "by"}, headers=PART).content.decode()
    assert 'role="listbox"' in page
    assert "<html" not in page
    assert page.index("/bye") > 0
    assert "data-tab" not in page
    nothing = client.get(url(ticket, "replies"), {"q": "qqq"}, headers=PART).content.decode()
    assert 'role="option"' not in nothing


def test_the_list_costs_the_same_with_many(sign_in, ada, ticket, max_, statements):
    client = sign_in(ada)
    client.get(url(ticket, "replies"), headers=PART)
    for place in range(30):
        facts = ReplyFacts(fields={"name": "N", "shortcut": f"n{place}"}, texts=[("en", "T")])
        save_predefined(None, facts=facts, actor=max_, now=timezone.now())
    with statements(10):
        client.get(url(ticket, "replies"), {"q": "n"}, headers=PART)


def test_a_reply_comes_filled_in_with_its_files_and_status(sign_in, ada, ticket, reply):
    told = sign_in(ada).get(url(ticket, "replies", reply.pk)).json()
    assert told["text"] == "Bye Cleo {nonsense}"
    assert told["text"][slice(*told["missing"])] == "{nonsense}"
    assert "{nonsense}" in told["note"]
    assert "plan.txt" in told["picked"]
    assert told["status"][1] == "Send · Closed"


def test_foreign_tickets_and_replies_do_not_exist(sign_in, ada, ben, ticket, reply, billing):
    assert sign_in(ben).get(url(ticket, "replies")).status_code == 404
    assert sign_in(ben).get(url(ticket, "replies", reply.pk)).status_code == 404
    PredefinedReply.objects.filter(pk=reply.pk).update(department=billing)
    assert sign_in(ada).get(url(ticket, "replies", reply.pk)).status_code == 404


def test_sent_its_use_and_its_files_are_kept(sign_in, ada, ticket, reply):
    fields = {"predefined": str(reply.pk), "predefined_files": str(reply.files.get().pk)}
    sign_in(ada).post(url(ticket, "messages"), message(ticket, **fields))
    use = ReplyUse.objects.get()
    assert (use.predefined, use.changed_share, use.message.kind) == (reply, 0.0, "reply")
    assert use.message.attachments.get().filename == "plan.txt"


def test_an_unticked_file_stays_and_editing_is_measured(sign_in, ada, ticket, reply):
    fields = {"predefined": f"{reply.pk},{reply.pk},9999,x", "text": "Something else"}
    sign_in(ada).post(url(ticket, "messages"), message(ticket, **fields))
    use = ReplyUse.objects.get()
    assert use.changed_share > 0.9
    assert not use.message.attachments.exists()


def test_a_refused_message_keeps_what_was_picked(sign_in, ada, ticket, reply):
    fields = {"predefined": str(reply.pk), "text": " ", "promise_at": "pick"}
    page = sign_in(ada).post(url(ticket, "messages"), message(ticket, **fields))
    assert page.status_code == 422
    assert f'name="predefined" value="{reply.pk}"' in page.content.decode()


def test_without_a_script_the_text_goes_below_what_was_typed(sign_in, ada, ticket, reply):
    client = sign_in(ada)
    typed = {"kind": "reply", "text": "Typed already", "to": "x@harbour.example"}
    assert client.post(url(ticket, "replies"), typed).url == url(ticket, "replies")
    assert "Good bye" in client.get(url(ticket, "replies"), {"q": "bye"}).content.decode()
    assert client.post(url(ticket, "replies", reply.pk)).status_code == 303
    draft = Draft.objects.get(user=ada, kind="reply")
    assert draft.text == "Typed already\n\nBye Cleo {nonsense}"
    assert draft.files[0]["name"] == "plan.txt"


def test_without_a_script_its_use_is_counted_and_its_status_suggested(sign_in, ada, ticket, reply):
    client = sign_in(ada)
    page = client.post(url(ticket, "replies", reply.pk), follow=True).content.decode()
    status = reply.status_after
    assert f'<input type="hidden" name="predefined" value="{reply.pk}">' in page
    assert re.search(rf'name="status_after"\s+value="{status.pk}"\s+data-send="default"', page)
    client.post(url(ticket, "messages"), message(ticket, predefined=reply.pk))
    assert ReplyUse.objects.get().predefined == reply


def test_each_name_for_the_text_is_a_button_that_inserts_it(sign_in, max_, reply):
    page = sign_in(max_).get(f"/admin/predefined_replies/{reply.pk}").content.decode()
    assert 'data-insert="{customer.first_name}"' in page
    assert 'aria-label="Insert {customer.first_name}"' in page


def test_articles_come_with_the_sentence_around_them(sign_in, ada, ticket, articles):
    client, asked = sign_in(ada), {"q": "reset", "tab": "articles"}
    page = client.get(url(ticket, "replies"), asked, headers=PART).content.decode()
    assert "https://help.example/reset" in page
    assert "Please follow the steps in our article:" in page
    assert 'data-tab="replies"' in page
    other = client.get(url(ticket, "replies"), headers=PART).content.decode()
    assert 'data-tab="articles"' in other


def test_a_promise_goes_out_with_the_reply(sign_in, ada, ticket):
    due = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    fields = {"promise_at": due.strftime(FORM)}
    sign_in(ada).post(url(ticket, "messages"), message(ticket, **fields))
    promise = Promise.objects.get()
    assert (promise.due_at, promise.by, promise.state) == (due, ada, "open")
    assert promise.made_with.text == "Bye Cleo {nonsense}"
    assert Ticket.objects.get(pk=ticket.pk).promised_at == due


def test_a_reply_sent_later_promises_and_counts_when_it_leaves(sign_in, ada, ticket, reply):
    now = timezone.now()
    times = {"send_at": now + timedelta(hours=1), "promise_at": now + timedelta(hours=9)}
    facts = {name: timezone.localtime(at).strftime(FORM) for name, at in times.items()}
    facts["send_at"] = times["send_at"].isoformat()
    answer = sign_in(ada).post(
        url(ticket, "messages"), message(ticket, predefined=reply.pk, **facts)
    )
    assert answer.status_code == 303
    assert not Promise.objects.exists()
    act_on_due(now + timedelta(hours=2))
    assert ReplyUse.objects.get().changed_share == 0
    assert Promise.objects.get().by == ada


@pytest.mark.parametrize(
    "wrong", [{"promise_at": "2001-01-01T10:00"}, {"promise_at": "pick"}, {"promise_at": "soon"}]
)
def test_a_wrong_promise_sends_nothing_and_keeps_the_text(sign_in, ada, ticket, wrong):
    response = sign_in(ada).post(url(ticket, "messages"), message(ticket, **wrong))
    assert response.status_code == 422
    assert "Bye Cleo {nonsense}" in response.content.decode()
    assert not Promise.objects.exists()


def test_a_note_promises_nothing(sign_in, ada, ticket):
    fields = {"kind": "note", "promise_at": "2001-01-01T10:00"}
    assert sign_in(ada).post(url(ticket, "messages"), message(ticket, **fields)).status_code == 303
    assert not Promise.objects.exists()


def test_the_card_makes_moves_keeps_and_withdraws(sign_in, ada, ticket):
    client, later = sign_in(ada), timezone.now() + timedelta(days=1)
    client.post(url(ticket, "promises"), {"due_at": later.strftime(FORM), "text": "Call back"})
    promise = Promise.objects.get()
    assert "Call back" in client.get(url(ticket, "context")).content.decode()
    moved = (later + timedelta(days=1)).strftime(FORM)
    client.post(url(ticket, "promises", promise.pk, "time"), {"due_at": moved})
    assert Promise.objects.get().due_at > later
    client.post(url(ticket, "promises", promise.pk, "keeping"))
    assert Promise.objects.get().state == "kept"
    second = make_promise(ticket, due_at=later, actor=Actor.of_user(ada), now=timezone.now())
    client.post(url(ticket, "promises", second.pk, "removal"))
    assert Promise.objects.get(pk=second.pk).state == "withdrawn"


def test_a_promise_in_the_past_is_refused(sign_in, ada, ticket):
    response = sign_in(ada).post(url(ticket, "promises"), {"due_at": "2001-01-01T10:00"})
    assert response.status_code == 422


def test_the_history_tells_what_became_of_it(sign_in, ada, ticket):
    make_promise(
        ticket, due_at=timezone.now() + timedelta(hours=3), actor=Actor.of_user(ada),
        now=timezone.now(),
    )  # fmt: skip
    assert "promised an answer by" in sign_in(ada).get(url(ticket)).content.decode()
