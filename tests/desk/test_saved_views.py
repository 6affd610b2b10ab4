"""Saved views: whose they are, what they hold, and what becomes of them when something is deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department
from core.memo import forget_all
from core.models import AuditEntry
from desk.links import carrying
from tests.factories import make_ticket, make_user
from tickets.actions import assign_ticket, close_ticket, set_tags
from tickets.actors import Actor
from tickets.models import Priority, SavedView, Service, Status

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets"
VIEWS = f"{QUEUE}/views"


def subjects(response) -> list[str]:
    return [row.subject for row in response.context["queue"].rows]


def make_view(owner, conditions=None, **fields) -> SavedView:
    facts = {"name": "My view", "base": "attention", "order": "due", **fields}
    return SavedView.objects.create(owner=owner, conditions=conditions or {}, **facts)


def posted(**fields):
    return {
        "name": "Mine",
        "base": "attention",
        "sort": "due",
        "columns": ["status", "due"],
        "conditions-match": "all",
        **fields,
    }


def is_(field, value):
    return {"all": [{"field": field, "op": "is", "value": value}]}


def test_view_narrows_by_its_conditions(sign_in, ada, cleo, technical):
    urgent = Priority.objects.get(rank=1)
    make_ticket(cleo, technical, subject="Urgent", priority=urgent)
    make_ticket(cleo, technical, subject="Other")
    view = make_view(ada, is_("priority", urgent.pk))
    response = sign_in(ada).get(QUEUE, {"view": view.slug})
    assert subjects(response) == ["Urgent"]
    assert response.context["queue"].title == "My view"


def test_shared_view_shows_no_ticket_of_other_departments(
    sign_in, ada, ben, cleo, technical, billing
):
    make_ticket(cleo, technical, subject="Espresso line down")
    make_ticket(cleo, billing, subject="Charged twice")
    view = make_view(None, {"none": [{"field": "channel", "op": "is", "value": "phone"}]})
    assert subjects(sign_in(ada).get(QUEUE, {"view": view.slug})) == ["Espresso line down"]
    assert subjects(sign_in(ben).get(QUEUE, {"view": view.slug})) == ["Charged twice"]


def test_condition_on_a_foreign_department_opens_nothing(sign_in, ada, cleo, technical, billing):
    make_ticket(cleo, billing, subject="Charged twice")
    tree = {"any": [*is_("department", billing.pk)["all"], *is_("department", technical.pk)["all"]]}
    view = make_view(ada, tree)
    assert subjects(sign_in(ada).get(QUEUE, {"view": view.slug})) == []


def test_view_of_somebody_else_does_not_exist(sign_in, ada, ben, technical, billing):
    own, near = make_view(ada), make_view(None, department=technical)
    client = sign_in(ben)
    for view in (own, near):
        assert client.get(QUEUE, {"view": view.slug}).status_code == 404
        assert client.get(f"{VIEWS}/{view.pk}").status_code == 404
    assert sign_in(ada).get(QUEUE, {"view": near.slug}).status_code == 200
    assert client.get(QUEUE, {"view": "own-99999999999999999999"}).status_code == 404


def test_view_that_went_away_does_not_lose_a_step_on_a_ticket(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    response = sign_in(ada).get(f"{QUEUE}/ticket/{ticket.number}", {"view": "own-77"})
    assert response.status_code == 200


@pytest.mark.parametrize("op", ["is", "is_not"])
def test_deleted_department_shows_nothing_and_says_so(sign_in, ada, cleo, technical, billing, op):
    make_ticket(cleo, technical)
    view = make_view(ada, {"all": [{"field": "department", "op": op, "value": billing.pk}]})
    Department.objects.filter(pk=billing.pk).delete()
    forget_all()
    client = sign_in(ada)
    page = client.get(QUEUE, {"view": view.slug})
    assert subjects(page) == []
    assert "names something that was deleted" in page.context["queue"].fault
    counters = client.get(f"{QUEUE}/counters", {"view": view.slug}).context["tabs"]
    assert ">0<" in str(next(tab for tab in counters if tab.slug == view.slug).counter)
    assert "names something that was deleted" in client.get(VIEWS).content.decode()


def test_unknown_field_shows_nothing(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    view = make_view(ada, {"none": [{"field": "mood", "op": "is", "value": "good"}]})
    page = sign_in(ada).get(QUEUE, {"view": view.slug}).context["queue"]
    assert not page.rows
    assert "mood" in page.fault


def test_deleted_tag_finds_no_ticket(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    set_tags(ticket, names=["valve"], actor=Actor.of_user(ada), now=timezone.now())
    tree = {"all": [{"field": "tags", "op": "contains_any", "value": ["Valve"]}]}
    view, client = make_view(ada, tree), sign_in(ada)
    assert len(subjects(client.get(QUEUE, {"view": view.slug}))) == 1
    ticket.tags.all().delete()
    assert subjects(client.get(QUEUE, {"view": view.slug})) == []


def test_tab_carries_a_counter(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    view = make_view(ada)
    tabs = sign_in(ada).get(f"{QUEUE}/counters").context["tabs"]
    assert ">1<" in str(next(tab for tab in tabs if tab.slug == view.slug).counter)


def test_views_over_solved_tickets_and_the_ninth_are_not_counted(sign_in, ada):
    wide = make_view(ada, base="all", order="updated")
    views = [make_view(ada, name=f"No {number}") for number in range(9)]
    tabs = {tab.slug: tab.counter for tab in sign_in(ada).get(f"{QUEUE}/counters").context["tabs"]}
    assert tabs[wide.slug] == tabs[views[8].slug] == ""
    assert all(tabs[view.slug] for view in views[:8])


@pytest.mark.parametrize("count", [1, 12])
def test_saved_views_cost_one_statement_however_many(
    sign_in, ada, cleo, technical, statements, count
):
    make_ticket(cleo, technical)
    for _number in range(count):
        make_view(ada, is_("status", Status.objects.get(slug="new").pk))
    client = sign_in(ada)
    client.get(QUEUE)
    with statements(6):
        client.get(QUEUE)
    with statements(6):
        client.get(f"{QUEUE}/counters")


def test_solved_tickets_are_found_from_all_tickets(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical, subject="Solved")
    close_ticket(ticket, actor=Actor.of_user(ada), now=timezone.now())
    view = make_view(ada, base="all", order="updated", is_descending=True)
    assert subjects(sign_in(ada).get(QUEUE, {"view": view.slug})) == ["Solved"]


def test_own_view_is_saved_from_the_list_on_the_screen(sign_in, ada, cleo, technical):
    service = Service.objects.create(name="Repair", slug="repair")
    make_ticket(cleo, technical, subject="Repair", service=service)
    client = sign_in(ada)
    queue = client.get(QUEUE, {"service": service.pk, "sort": "-created"}).context["queue"]
    form = client.get(queue.save_url).context["form"]
    assert form.initial["conditions"] == is_("service", service.pk)
    assert form.initial["sort"] == "-created"
    fields = {"conditions-0-field": "service", "conditions-0-op": "is"}
    data = posted(**fields, **{"conditions-0-value": service.pk})
    response = client.post(f"{VIEWS}/add", data)
    view = SavedView.objects.get()
    assert response.headers["Location"] == f"{QUEUE}?view={view.slug}"
    assert (view.owner, view.conditions) == (ada, is_("service", service.pk))
    assert subjects(client.get(QUEUE, {"view": view.slug})) == ["Repair"]


def test_every_filter_becomes_a_condition_or_is_told_lost(sign_in, ada, technical):
    given = {
        "assignee": "nobody",
        "tag": "valve",
        "channel": "phone",
        "created_from": "2026-05-02",
        "updated_to": "2026-05-04",
        "sla": "paused",
        "q": "kettle",
    }
    page = sign_in(ada).get(f"{VIEWS}/add", {"view": carrying("mine", given)})
    assert page.context["form"].initial["conditions"]["all"] == [
        {"field": "assignee", "op": "is_empty"},
        {"field": "tags", "op": "contains_any", "value": ["valve"]},
        {"field": "channel", "op": "is", "value": "phone"},
        {"field": "sla_state", "op": "is", "value": "paused"},
        {"field": "created_at", "op": "after", "value": "2026-05-01"},
        {"field": "updated_at", "op": "before", "value": "2026-05-05"},
    ]
    assert len(page.context["lost"]) == 1


@pytest.mark.parametrize(
    ("given", "base"),
    [({"assignee": "me"}, "mine"), ({"sla": "at_risk"}, "risk"), ({"sla": "overdue"}, "overdue")],
)
def test_filters_of_the_present_become_what_the_view_begins_with(sign_in, ada, given, base):
    page = sign_in(ada).get(f"{VIEWS}/add", {"view": carrying("attention", given)})
    assert page.context["form"].initial["base"] == base
    assert page.context["form"].initial["conditions"] == {}


def test_condition_the_database_cannot_answer_is_refused_and_kept(sign_in, ada):
    fields = {"conditions-0-field": "sender_address", "conditions-0-op": "contains_any"}
    data = posted(name="Kept name", **fields, **{"conditions-0-value": "harbour"})
    response = sign_in(ada).post(f"{VIEWS}/add", data)
    assert response.status_code == 422
    assert "Sender" in response.content.decode()
    assert "can&#x27;t be searched for" in response.content.decode()
    assert "Kept name" in response.content.decode()
    assert "harbour" in response.content.decode()
    assert not SavedView.objects.exists()


def test_order_no_index_serves_is_refused(sign_in, ada):
    response = sign_in(ada).post(f"{VIEWS}/add", posted(base="closed", sort="due"))
    assert response.status_code == 422
    assert "sort" in response.context["form"].errors


def test_agent_cannot_share_and_manager_can(sign_in, ada, max_, technical):
    sign_in(ada).post(f"{VIEWS}/add", posted(scope="all"))
    assert SavedView.objects.get().owner == ada
    sign_in(max_).post(f"{VIEWS}/add", posted(name="Ours", scope=str(technical.pk)))
    view = SavedView.objects.get(name="Ours")
    assert (view.owner, view.department) == (None, technical)
    assert AuditEntry.objects.filter(verb="created", subject_kind="savedview").count() == 1
    assert sign_in(ada).get(f"{VIEWS}/{view.pk}").status_code == 404
    assert sign_in(ada).post(f"{VIEWS}/{view.pk}/archive").status_code == 404


def test_view_is_changed_moved_taken_out_of_use_and_back(sign_in, ada, technical):
    first, second = make_view(ada, name="First", position=1), make_view(ada, name="Second")
    client = sign_in(ada)
    client.post(f"{VIEWS}/{second.pk}/position", {"direction": "up"})
    order = ["Second", "First"]
    assert [view.name for view in SavedView.objects.own(ada)] == order
    version = client.get(f"{VIEWS}/{first.pk}").context["form"].version
    client.post(f"{VIEWS}/{first.pk}", posted(name="Renamed", sort="-priority", version=version))
    first.refresh_from_db()
    assert (first.name, first.order, first.is_descending) == ("Renamed", "priority", True)
    client.post(f"{VIEWS}/{first.pk}/archive")
    assert client.get(QUEUE, {"view": first.slug}).status_code == 404
    client.post(f"{VIEWS}/{first.pk}/archive/removal")
    assert client.get(QUEUE, {"view": first.slug}).status_code == 200


def test_thirty_views_are_enough(sign_in, ada):
    for number in range(30):
        make_view(ada, name=f"No {number}")
    response = sign_in(ada).post(f"{VIEWS}/add", posted())
    assert response.status_code == 422
    assert "Remove one first" in response.content.decode()


def test_next_ticket_follows_a_saved_view(sign_in, ada, cleo, technical):
    now = timezone.now()
    first = make_ticket(cleo, technical, now=now - timedelta(hours=3))
    make_ticket(cleo, technical, now=now - timedelta(hours=2))
    third = make_ticket(cleo, technical, now=now - timedelta(hours=1))
    for ticket in (first, third):
        assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=now)
    view, client = make_view(ada, is_("assignee", ada.pk)), sign_in(ada)
    onward = client.get(f"{QUEUE}/ticket/{first.number}/next?view={view.slug}")
    assert onward.headers["Location"] == f"{QUEUE}/ticket/{third.number}?view={view.slug}"


def test_colleague_who_leaves_takes_own_views_along(ada, technical):
    colleague = make_user("Eve", "agent", technical)
    make_view(colleague)
    colleague.delete()
    assert not SavedView.objects.exists()
