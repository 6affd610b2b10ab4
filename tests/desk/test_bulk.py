"""The bulk bar: one step over chosen tickets or over all that match, its result, its undoing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from automation.models import Rule
from automation.versions import publish
from core import jobs
from core.models import Job
from desk import bulk
from tests.factories import make_ticket, make_user
from tickets.actions import change_tags
from tickets.actors import Actor
from tickets.models import BulkRun, Ticket
from tickets.models.vocabulary import Kind

pytestmark = pytest.mark.django_db
URL = "/admin/tickets/bulk"


@pytest.fixture
def tickets(ada, cleo, technical) -> list[Ticket]:
    return [make_ticket(cleo, technical, subject=f"Machine {n}") for n in range(3)]


def ids(*tickets: Ticket) -> list[int]:
    return [ticket.pk for ticket in tickets]


def column(name: str, *tickets: Ticket) -> list[object]:
    rows = dict(Ticket.objects.values_list("pk", name))
    return [rows[ticket.pk] for ticket in tickets]


def page_of(client, response) -> str:
    return client.get(response.url).content.decode()


def test_the_queue_offers_a_box_for_each_ticket_and_other_lists_none(sign_in, ada, tickets):
    client = sign_in(ada)
    page = client.get("/admin/tickets").content.decode()
    assert page.count("data-row-check") == 3
    assert f"Select #{tickets[0].number}" in page
    assert 'role="toolbar"' in page
    assert "data-row-check" not in client.get("/admin/search?q=Machine").content.decode()


def test_one_button_assigns_what_was_chosen(sign_in, ada, technical, tickets):
    carl = make_user("Carl", "agent", technical)
    client = sign_in(ada)
    data = {"step": f"assignee:{carl.pk}", "ids": ids(*tickets[:2])}
    response = client.post(URL, data)
    assert response.status_code == 303
    assert column("assignee", *tickets) == [carl.pk, carl.pk, None]
    assert "2 changed" in page_of(client, response)


def test_tickets_of_another_department_stay_and_tell_nothing(sign_in, ada, cleo, billing, tickets):
    foreign = make_ticket(cleo, billing, subject="Their secret invoice")
    client = sign_in(ada)
    response = client.post(URL, {"step": "close", "ids": [*ids(tickets[0], foreign), 987_654_321]})
    page = page_of(client, response)
    assert "1 changed, 2 refused" in page
    assert "Their secret invoice" not in page
    assert f"#{foreign.number}" not in page
    assert column("status_kind", tickets[0], foreign) == [Kind.CLOSED, Kind.NEW]


def test_one_refusal_stops_no_other_and_is_listed(sign_in, max_, ben, cleo, billing, tickets):
    theirs = make_ticket(cleo, billing)
    client = sign_in(max_)
    data = {"step": f"assignee:{ben.pk}", "ids": ids(*tickets, theirs)}
    page = page_of(client, client.post(URL, data))
    assert "1 changed, 3 refused" in page
    assert "Ben is not a member of Technical." in page
    assert column("assignee", theirs) == [ben.pk]


def test_another_department_needs_a_note_and_pins_it(sign_in, max_, billing, tickets):
    client = sign_in(max_)
    data = {"step": "department", "department": billing.pk, "note": "", "ids": ids(*tickets)}
    refused = client.post(URL, data)
    assert refused.status_code == 422
    client.post(URL, {**data, "note": "About an invoice."})
    assert column("department", *tickets) == [billing.pk] * 3
    assert Ticket.objects.get(pk=tickets[0].pk).handover.text == "About an invoice."


def test_a_refused_form_keeps_what_was_typed_and_chosen(sign_in, ada, tickets):
    data = {"step": "department", "note": "Half a thought", "ids": ids(*tickets)}
    page = sign_in(ada).post(URL, data).content.decode()
    assert "Half a thought" in page
    assert f'name="ids" value="{tickets[2].pk}"' in page


def test_tags_come_and_go(sign_in, ada, tickets):
    client, now = sign_in(ada), timezone.now()
    change_tags(tickets[0], add=["old"], actor=Actor.of_user(ada), now=now)
    client.post(URL, {"step": "add_tags", "tags": "vip, leak", "ids": ids(*tickets)})
    client.post(URL, {"step": "remove_tags", "tags": "old,vip", "ids": ids(*tickets)})
    assert {tag.name for tag in tickets[0].tags.all()} == {"leak"}


@pytest.mark.parametrize("step", ["spam", "close"])
def test_steps_without_choices_and_their_undoing(sign_in, ada, tickets, step):
    before = column("is_spam", *tickets), column("status_kind", *tickets)
    client = sign_in(ada)
    response = client.post(URL, {"step": step, "ids": ids(*tickets)})
    assert not Ticket.objects.open().exists()
    client.post(f"{response.url}/undo")
    assert (column("is_spam", *tickets), column("status_kind", *tickets)) == before


def test_deleting_is_for_those_who_may(sign_in, ada, max_, tickets):
    data = {"step": "delete", "ids": ids(tickets[0])}
    client = sign_in(ada)
    assert "0 changed, 1 refused" in page_of(client, client.post(URL, data))
    assert Ticket.objects.alive().filter(pk=tickets[0].pk).exists()
    sign_in(max_).post(URL, data)
    assert not Ticket.objects.alive().filter(pk=tickets[0].pk).exists()


def test_a_macro_over_the_selection(sign_in, ada, tickets):
    effects = [{"effect": "reply", "text": "Hello {customer.name}."}, {"effect": "close"}]
    macro = Rule.objects.create(kind="macro", name="Solved", effects=effects)
    publish("macro", actor=None, now=timezone.now())
    client = sign_in(ada)
    page = page_of(client, client.post(URL, {"step": f"macro:{macro.pk}", "ids": ids(*tickets)}))
    assert "3 changed" in page
    assert tickets[1].drafts.get().text == "Hello Cleo."


def test_duplicates_become_part_of_the_oldest(sign_in, ada, tickets):
    client = sign_in(ada)
    page = page_of(client, client.post(URL, {"step": "merge", "ids": ids(*tickets)}))
    assert "3 changed" in page
    assert column("merged_into", *tickets) == [None, tickets[0].pk, tickets[0].pk]


def test_the_ticket_that_is_kept_can_be_named(sign_in, ada, tickets):
    data = {"step": "merge", "ids": ids(*tickets), "into": tickets[2].number}
    sign_in(ada).post(URL, data)
    assert column("merged_into", *tickets) == [tickets[2].pk, tickets[2].pk, None]


def test_one_ticket_alone_is_not_merged(sign_in, ada, tickets):
    client = sign_in(ada)
    assert client.post(URL, {"step": "merge", "ids": ids(tickets[0])}).status_code == 422
    data = {"step": "merge", "ids": ids(*tickets), "into": 987_654_321}
    assert client.post(URL, data).status_code == 422


def test_all_that_match_are_those_of_the_list_at_that_time(
    sign_in, ada, cleo, technical, billing, tickets
):
    later = make_ticket(cleo, technical, subject="Machine of later")
    other = make_ticket(cleo, technical, subject="Soup")
    foreign = make_ticket(cleo, billing, subject="Machine elsewhere")
    data = {"step": "close", "all": "1", "query": "view=attention", "as_of": tickets[2].pk}
    sign_in(ada).post(URL, data)
    kinds = column("status_kind", *tickets, later, other, foreign)
    assert kinds == [Kind.CLOSED] * 3 + [Kind.NEW] * 3


def test_too_many_are_refused_as_a_whole(sign_in, ada, tickets, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    data = {"step": "close", "all": "1", "query": "view=attention", "as_of": tickets[2].pk}
    response = sign_in(ada).post(URL, data)
    assert response.status_code == 422
    assert "More than 2 tickets match" in response.content.decode()
    assert not BulkRun.objects.exists()


def test_a_second_post_of_the_same_form_does_nothing_more(sign_in, ada, technical, tickets):
    carl = make_user("Carl", "agent", technical)
    client = sign_in(ada)
    data = {"step": f"assignee:{carl.pk}", "ids": ids(*tickets), "idempotency_key": str(uuid4())}
    first, second = client.post(URL, data), client.post(URL, data)
    assert first.url == second.url
    assert BulkRun.objects.count() == 1
    assert tickets[0].events.filter(kind="changed").count() == 1


def test_htmx_gets_a_toast_with_undo_and_a_fresh_key(sign_in, ada, tickets):
    data = {"step": "close", "ids": ids(*tickets), "idempotency_key": str(uuid4())}
    response = sign_in(ada).post(URL, data, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "3 changed" in page
    assert f'{URL}/{BulkRun.objects.get().pk}/undo"' in page
    assert 'name="idempotency_key"' in page
    assert data["idempotency_key"] not in page
    assert "hd:bulk" in response.headers["HX-Trigger-After-Settle"]


def test_htmx_hears_why_nothing_was_done(sign_in, ada):
    response = sign_in(ada).post(URL, {"step": "close"}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "Choose at least one ticket." in response.headers["HX-Trigger"]


def test_undo_leaves_what_was_changed_since(sign_in, ada, technical, tickets):
    carl = make_user("Carl", "agent", technical)
    client = sign_in(ada)
    response = client.post(URL, {"step": f"assignee:{carl.pk}", "ids": ids(*tickets)})
    client.post(URL, {"step": f"assignee:{ada.pk}", "ids": ids(tickets[0])})
    page = page_of(client, client.post(f"{response.url}/undo"))
    assert "2 changed, 1 refused" in page
    assert "It was changed meanwhile." in page
    assert column("assignee", *tickets) == [ada.pk, None, None]


def test_undo_brings_back_what_left_the_department(sign_in, ada, technical, billing, tickets):
    client = sign_in(ada)
    data = {"step": "department", "department": billing.pk, "note": "Yours.", "ids": ids(*tickets)}
    response = client.post(URL, data)
    client.post(f"{response.url}/undo")
    assert column("department", *tickets) == [technical.pk] * 3
    assert column("handover", *tickets) == [None] * 3


def test_undo_is_for_the_doer_and_for_ten_minutes(sign_in, ada, max_, tickets):
    client = sign_in(ada)
    response = client.post(URL, {"step": "close", "ids": ids(*tickets)})
    assert sign_in(max_).get(response.url).status_code == 404
    assert sign_in(max_).post(f"{response.url}/undo").status_code == 404
    BulkRun.objects.update(finished_at=timezone.now() - timedelta(minutes=11))
    assert client.post(f"{response.url}/undo").status_code == 422
    assert column("status_kind", *tickets) == [Kind.CLOSED] * 3


def test_undo_twice_is_once(sign_in, ada, tickets):
    client = sign_in(ada)
    response = client.post(URL, {"step": "close", "ids": ids(*tickets)})
    first, second = (client.post(f"{response.url}/undo") for _n in range(2))
    assert first.url == second.url
    assert tickets[0].events.filter(kind="reopened").count() == 1


def test_many_become_a_job_that_shows_its_result(sign_in, ada, tickets, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client = sign_in(ada)
    response = client.post(URL, {"step": "close", "ids": ids(*tickets)})
    job = Job.objects.get()
    assert response.url == f"/admin/jobs/{job.pk}"
    jobs.run_job(job.pk, now=timezone.now())
    assert column("status_kind", *tickets) == [Kind.CLOSED] * 3
    run = BulkRun.objects.get()
    page = client.get(response.url).content.decode()
    assert f"{URL}/{run.pk}" in page
    assert "3 changed" in page
    assert "undo" in page
    assert "3 changed" in client.get(f"{URL}/{run.pk}").content.decode()


def test_what_takes_long_goes_on_in_the_background(sign_in, ada, tickets, monkeypatch):
    monkeypatch.setattr(bulk, "PATIENCE", -1.0)
    data = {"step": "close", "ids": ids(*tickets)}
    page = sign_in(ada).post(URL, data, headers={"HX-Request": "true"}).content.decode()
    assert f'href="/admin/jobs/{Job.objects.get().pk}"' in page
    assert "goes on in the background" in page


def test_a_killed_job_goes_on_where_it_stopped(sign_in, ada, tickets, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "CHUNK", 1)
    sign_in(ada).post(URL, {"step": "close", "ids": ids(*tickets)})
    job, now = Job.objects.get(), timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "take_ticket", _dying_at_second(bulk.take_ticket))
        jobs.run_job(job.pk, now=now)
    assert column("status_kind", *tickets) == [Kind.CLOSED, Kind.NEW, Kind.NEW]
    jobs.run_job(job.pk, now=now + timedelta(minutes=5))
    assert column("status_kind", *tickets) == [Kind.CLOSED] * 3
    assert [ticket.events.filter(kind="closed").count() for ticket in tickets] == [1, 1, 1]


def test_a_stopped_job_tells_what_was_not_reached(sign_in, ada, tickets, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client = sign_in(ada)
    client.post(URL, {"step": "close", "ids": ids(*tickets)})
    jobs.cancel_job(Job.objects.get(), actor=ada, now=timezone.now())
    page = client.get(f"{URL}/{BulkRun.objects.get().pk}").content.decode()
    assert "0 changed, 3 not reached" in page


def test_what_a_dead_server_left_is_given_to_a_worker(ada, tickets):
    now = timezone.now()
    form = bulk.BulkForm({"step": "close", "ids": ids(*tickets)}, user=ada)
    assert form.is_valid()
    bulk.begun(form, user=ada, now=now)
    assert bulk.finish_left(now + timedelta(minutes=1)) == 0
    assert bulk.finish_left(now + timedelta(minutes=3)) == 1
    jobs.run_due(now + timedelta(minutes=3))
    assert column("status_kind", *tickets) == [Kind.CLOSED] * 3


def _dying_at_second(act):
    calls = []

    def dying(pk, **options):
        calls.append(pk)
        if len(calls) == 2:
            raise RuntimeError("the power went")
        act(pk, **options)

    return dying
