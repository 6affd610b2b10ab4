"""Predefined replies: who may use which, what they say for a ticket, how far they are edited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from core import files
from core.models import AuditEntry
from core.placeholders import fill, names_in, open_names
from core.registries import referenced_digests
from tests.factories import make_reply, make_ticket
from tests.pace import takes_at_most
from tickets.actions import record_reply_uses
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.actions.predefined_import import import_predefined
from tickets.content import NewFile
from tickets.models import PredefinedReply, ReplyUse, Status, Ticket
from tickets.placeholders import KNOWN, Situation, values_for
from tickets.predefined import changed_share, filled, habits, offered, usage_share
from tickets.predefined_csv import COLUMNS, plan_of, table_rows

pytestmark = pytest.mark.django_db

LIBRARY = "/admin/predefined_replies"
HEAD = ",".join(COLUMNS)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def a_reply(actor, shortcut="soon", body="Hello {customer.name}.", **fields) -> PredefinedReply:
    wanted = {"name": shortcut.title(), "shortcut": shortcut, **fields}
    facts = ReplyFacts(fields=wanted, texts=[("en", body)])
    return save_predefined(None, facts=facts, actor=actor, now=timezone.now())


def posted(**fields) -> dict:
    return {
        "name": "Soon",
        "shortcut": "soon",
        "type": "follow_up",
        "scope": "mine",
        "language_0": "en",
        "body_0": "Soon, {customer.name}.",
        **fields,
    }


def test_shipped_ones_name_only_what_we_know():
    bodies = [row.body_in("en") for row in PredefinedReply.objects.all()]
    assert PredefinedReply.objects.filter(name="Receipt confirmation").exists()
    assert all(names_in(body) <= KNOWN for body in bodies)
    assert set(PredefinedReply.objects.values_list("type", flat=True)) == {
        kind.value for kind in PredefinedReply.Type
    }


def test_a_fallback_stands_in_for_what_is_missing():
    assert fill("{a|you} {b|you} {c}", {"a": "Cleo", "b": ""}) == "Cleo you {c}"
    assert open_names("{a} {b|x} [ID]", {"a": "1"}) == ["[ID]"]


def test_values_are_not_looked_at_again(ticket, ada, cleo):
    cleo.name = "{ticket.number} [ID]"
    values = values_for("{customer.name}", Situation(ticket, ada, timezone.now()))
    ticket.customer.name = cleo.name
    values = values_for("{customer.name}", Situation(ticket, ada, timezone.now()))
    assert fill("Hi {customer.name}", values) == "Hi {ticket.number} [ID]"


def test_a_text_is_filled_in_for_its_ticket(ticket, ada):
    body = "#[ID] {customer.first_name}, {agent.name}, {service.name|nothing}: {nonsense}"
    told = filled(a_reply(ada, body=body), ticket, ada, now=timezone.now())
    assert told.text == f"#{ticket.number} Cleo, Ada, nothing: {{nonsense}}"
    assert told.missing == ["{nonsense}"]


def test_a_promise_that_is_about_to_be_made_is_named(ticket, ada):
    now = timezone.now()
    reply = a_reply(ada, body="By {promise|some day}.")
    assert filled(reply, ticket, ada, now=now).text == "By some day."
    told = filled(reply, ticket, ada, now=now, promised_at=now + timedelta(days=30))
    assert "some day" not in told.text
    assert "{promise" not in told.text


def test_the_customers_language_decides(ticket, ada):
    facts = ReplyFacts(
        fields={"name": "Hi", "shortcut": "hi"}, texts=[("en", "Hello"), ("pt", "Olá")]
    )
    reply = save_predefined(None, facts=facts, actor=ada, now=timezone.now())
    assert [reply.body_in(code) for code in ("pt-br", "de", "")] == ["Olá", "Hello", "Hello"]


def test_who_may_use_which(ticket, ada, ben, max_, billing):
    own, other = a_reply(ada, "mine", owner=ada), a_reply(ben, "bens", owner=ben)
    shared, foreign = a_reply(max_, "all"), a_reply(max_, "bill", department=billing)
    seen = set(PredefinedReply.objects.visible_to(ada))
    assert {own, shared} <= seen
    assert not {other, foreign} & seen
    assert set(PredefinedReply.objects.changeable_by(ada)) == {own}
    assert foreign in PredefinedReply.objects.visible_to(max_)


def test_a_shortcut_is_there_once_among_the_shared_and_once_for_each(ada, ben, max_):
    a_reply(ada, "x1", owner=ada)
    a_reply(ben, "x1", owner=ben)
    a_reply(max_, "x1")
    with pytest.raises(IntegrityError):
        a_reply(max_, "x1")


def test_the_best_fit_comes_first_then_what_is_used_most(ticket, ada, max_):
    PredefinedReply.objects.all().delete()
    refund, ref = a_reply(max_, "refund"), a_reply(max_, "ref")
    said = a_reply(max_, "zz", body="about a refund")
    now = timezone.now()
    assert offered(ticket, ada, query="ref", now=now) == [ref, refund, said]
    record_reply_uses(make_reply(ticket, ada), replies=[refund], share=0.0, now=now)
    assert offered(ticket, ada, query="", now=now + timedelta(1))[0] == refund
    assert offered(ticket, ada, query="qqq", now=now) == []


def test_archived_and_foreign_departments_are_not_offered(ticket, max_, billing):
    gone = a_reply(max_, "gone")
    PredefinedReply.objects.filter(pk=gone.pk).update(archived_at=timezone.now())
    foreign = a_reply(max_, "bill", department=billing)
    found = offered(ticket, max_, query="", now=timezone.now())
    assert not {gone, foreign} & set(found)


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [("a b c", "a b c", 0, 0), ("a b c d", "x y z", 1, 1), ("one two three", "one two", 0.2, 0.5)],
)
def test_the_share_that_was_rewritten(before, after, low, high):
    assert low <= changed_share(before, after) <= high


def test_a_long_text_is_compared_quickly():
    before = " ".join(f"word{place % 97}" for place in range(5000))
    after = " ".join(f"word{place % 89}" for place in range(5000))
    takes_at_most(0.2, lambda: changed_share(before, after))


def test_use_and_median_of_editing(ticket, ada, max_):
    reply, now = a_reply(max_, "used"), timezone.now()
    for share in (0.0, 0.2, 1.0):
        record_reply_uses(make_reply(ticket, ada), replies=[reply], share=share, now=now)
    habit = habits(now + timedelta(seconds=1), pks=[reply.pk])[reply.pk]
    assert (habit.count, habit.changed) == (3, 0.2)
    make_reply(ticket, ada)
    assert usage_share(now - timedelta(1), timezone.now() + timedelta(1)) == 0.75
    reply.delete()
    assert ReplyUse.objects.count() == 3


def test_its_files_are_kept_by_the_store(max_):
    stored = files.put(b"plan of the machine")
    new = NewFile(filename="plan.txt", content_type="text/plain", stored=stored)
    facts = ReplyFacts(
        fields={"name": "Plan", "shortcut": "plan"}, texts=[("en", "See.")], added=(new,)
    )
    save_predefined(None, facts=facts, actor=max_, now=timezone.now())
    assert stored.sha256 in set(referenced_digests["tickets.predefined"]())


def test_an_agent_saves_one_of_their_own(sign_in, ada):
    upload = SimpleUploadedFile("a.txt", b"words")
    response = sign_in(ada).post(f"{LIBRARY}/add", posted(attachments=upload))
    assert response.status_code == 303
    reply = PredefinedReply.objects.get(owner=ada)
    assert (reply.body_in("en"), reply.files.get().filename) == ("Soon, {customer.name}.", "a.txt")


def test_an_agent_shares_nothing(sign_in, ada):
    response = sign_in(ada).post(f"{LIBRARY}/add", posted(scope="everybody"))
    assert response.status_code == 422
    assert "Soon, {customer.name}." in response.content.decode()
    assert not PredefinedReply.objects.filter(shortcut="soon").exists()


def test_a_manager_shares_it_audited_and_with_two_languages(sign_in, max_):
    data = posted(scope="everybody", language_1="de", body_1="Bald.", shortcut="/Soon")
    assert sign_in(max_).post(f"{LIBRARY}/add", data).status_code == 303
    reply = PredefinedReply.objects.get(shortcut="soon", owner=None)
    assert list(reply.texts.values_list("language", flat=True)) == ["en", "de"]
    assert AuditEntry.objects.filter(verb="created", subject_id=str(reply.pk)).exists()


@pytest.mark.parametrize(
    "wrong",
    [{"body_0": " "}, {"shortcut": "two words"}, {"language_1": "", "body_1": "?"},
     {"language_1": "en", "body_1": "Again"}, {"name": ""}],
)  # fmt: skip
def test_a_wrong_form_keeps_what_was_typed(sign_in, ada, wrong):
    response = sign_in(ada).post(f"{LIBRARY}/add", posted(folder="Drawer") | wrong)
    assert response.status_code == 422
    assert 'value="Drawer"' in response.content.decode()


def test_a_taken_shortcut_is_refused_not_crashed(sign_in, ada, max_):
    a_reply(ada, "soon", owner=ada)
    assert sign_in(ada).post(f"{LIBRARY}/add", posted()).status_code == 422
    a_reply(max_, "soon")
    shared = sign_in(max_).post(f"{LIBRARY}/add", posted(scope="everybody"))
    assert shared.status_code == 422


def test_who_is_slower_sees_what_the_other_wrote(sign_in, ada):
    reply = a_reply(ada, owner=ada, body="Theirs")
    response = sign_in(ada).post(f"{LIBRARY}/{reply.pk}", posted(version="old"))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Theirs" in page
    assert "Soon, {customer.name}." in page


def test_a_preview_shows_only_tickets_one_may_see(sign_in, ada, ben, ticket):
    data = posted(preview="yes", ticket=f"#{ticket.number}")
    assert "Soon, Cleo." in sign_in(ada).post(f"{LIBRARY}/add", data).content.decode()
    assert "Soon, Cleo." not in sign_in(ben).post(f"{LIBRARY}/add", data).content.decode()
    assert not PredefinedReply.objects.filter(owner=ada).exists()


def test_an_unknown_name_is_warned_of(sign_in, ada):
    response = sign_in(ada).post(f"{LIBRARY}/add", posted(body_0="{wrong}"), follow=True)
    assert "wrong" in response.content.decode()


def test_the_list_is_searched_and_narrowed(sign_in, ada, max_):
    a_reply(max_, "needle", folder="Drawer / Left")
    client = sign_in(ada)
    assert "/needle" in client.get(LIBRARY, {"q": "needle"}).content.decode()
    assert "/needle" in client.get(LIBRARY, {"folder": "Drawer"}).content.decode()
    assert "/needle" not in client.get(LIBRARY, {"scope": "mine"}).content.decode()


def test_a_search_stays_in_the_folder_it_began_in(sign_in, ada):
    page = sign_in(ada).get(LIBRARY, {"folder": "Drawer", "scope": "mine"}).content.decode()
    for field in ('name="folder" value="Drawer"', 'name="scope" value="mine"'):
        assert f'<input type="hidden" {field}>' in page


def test_archived_it_is_out_of_the_list_and_comes_back(sign_in, ada):
    reply, client = a_reply(ada, "old", owner=ada), sign_in(ada)
    client.post(f"{LIBRARY}/{reply.pk}/archive")
    assert "/old" not in client.get(LIBRARY).content.decode()
    client.post(f"{LIBRARY}/{reply.pk}/archive/removal")
    assert "/old" in client.get(LIBRARY).content.decode()
    client.post(f"{LIBRARY}/{reply.pk}/removal")
    assert not PredefinedReply.objects.filter(pk=reply.pk).exists()


def test_others_replies_do_not_exist(sign_in, ada, ben):
    reply = a_reply(ben, "bens", owner=ben)
    assert sign_in(ada).get(f"{LIBRARY}/{reply.pk}").status_code == 404
    assert sign_in(ada).post(f"{LIBRARY}/{reply.pk}/removal").status_code == 404


def test_the_export_comes_back_as_it_went(sign_in, max_):
    a_reply(max_, "evil", body="=cmd()|'x'", status_after=Status.objects.get(slug="hold"))
    a_reply(max_, "marked", body="'=not a formula")
    content = sign_in(max_).get(f"{LIBRARY}/export").getvalue().decode()
    assert "'=cmd()" in content
    plan = plan_of(content, user=max_)
    assert (plan.new, plan.changed, plan.troubles) == ([], [], [])
    assert plan.same == PredefinedReply.objects.count()


def test_an_import_adds_changes_and_doubles_nothing(max_):
    old = a_reply(max_, "old", body="Before")
    lines = [HEAD, "old,Old,,,everybody,en,After,,", "fresh,Fresh,A,closing,,en,Bye,Closed,",
             "fresh,Fresh,A,closing,,de,Tschüss,,"]  # fmt: skip
    for _attempt in range(2):
        plan = import_predefined("\n".join(lines), user=max_, now=timezone.now())
    assert (len(plan.new), len(plan.changed), plan.same) == (0, 0, 2)
    assert PredefinedReply.objects.get(pk=old.pk).body_in("en") == "After"
    fresh = PredefinedReply.objects.get(shortcut="fresh")
    assert (fresh.body_in("de"), fresh.status_after.name) == ("Tschüss", "Closed")


def test_lines_in_trouble_are_named_and_spoil_no_other(ada):
    lines = [HEAD, "good,Good,,,mine,en,Text,,", "two words,Bad,,,mine,en,Text,,",
             "none,None,,,mine,en,,,", "shared,Shared,,,everybody,en,Text,,",
             "good,Good,,,mine,en,Again,,", "odd,Odd,,nothing,mine,en,Text,,"]  # fmt: skip
    plan = import_predefined("\n".join(lines), user=ada, now=timezone.now())
    assert [trouble.line for trouble in plan.troubles] == [3, 4, 5, 6, 7]
    assert PredefinedReply.objects.get(owner=ada).shortcut == "good"


def test_two_thousand_lines_are_in_within_seconds(max_):
    rows = [f"r{place},Reply {place},F{place % 9},,,en,Text {place},," for place in range(2000)]
    file = "\n".join([HEAD, *rows])
    plan = takes_at_most(
        15, lambda: import_predefined(file, user=max_, now=timezone.now()), attempts=1
    )
    assert (len(plan.new), plan.troubles) == (2000, [])
    assert len(list(table_rows(PredefinedReply.objects.filter(shortcut__startswith="r1")))) > 1000


def test_the_import_is_seen_before_it_is_done(sign_in, ada):
    client = sign_in(ada)
    table = SimpleUploadedFile(
        "t.csv", f"{HEAD}\nx,Ex,,,mine,en,Text,,\n,,,,,,,,\n?,,,,,,,,".encode()
    )
    page = client.post(f"{LIBRARY}/import", {"file": table})
    assert not PredefinedReply.objects.filter(owner=ada).exists()
    sealed = page.context["sealed"]
    assert client.post(f"{LIBRARY}/import/run", {"table": sealed}).status_code == 303
    assert PredefinedReply.objects.get(owner=ada).name == "Ex"
    assert client.post(f"{LIBRARY}/import/run", {"table": "forged"}, follow=True).status_code == 200


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2", b""])
def test_what_is_no_table_is_refused(sign_in, ada, content):
    upload = SimpleUploadedFile("t.csv", content)
    assert sign_in(ada).post(f"{LIBRARY}/import", {"file": upload}).status_code == 422
