"""How lists look and lead: chips, orders, columns, the list beside the ticket, the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.links import carried, carrying, queue_url
from tests.factories import make_reply, make_ticket
from tickets.actions import assign_ticket, set_tags
from tickets.actors import Actor
from tickets.models import Priority, Service

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets"
HTMX = {"HX-Request": "true"}


def subjects(response) -> list[str]:
    return [row.subject for row in response.context["queue"].rows]


def test_what_is_chosen_stands_as_chips_each_taking_itself_away(sign_in, ada, cleo, technical):
    urgent = Priority.objects.get(rank=1)
    make_ticket(cleo, technical)
    query = {"view": "mine", "priority": urgent.pk, "channel": "email", "tag": "valve"}
    queue = sign_in(ada).get(QUEUE, query).context["queue"]
    assert [(chip.label, chip.value) for chip in queue.chips] == [
        ("Priority", urgent.name),
        ("Tag", "valve"),
        ("Channel", "E-mail"),
    ]
    assert queue.chips[0].url == queue_url(view="mine", tag="valve", channel="email")
    assert queue.clear_url == queue_url(view="mine")


def test_dates_include_both_ends(sign_in, ada, cleo, technical):
    now = timezone.now().replace(hour=12)
    for days in (0, 1, 2, 3):
        make_ticket(cleo, technical, subject=f"{days}", now=now - timedelta(days=days))
    first, last = ((now - timedelta(days=days)).date().isoformat() for days in (2, 1))
    client = sign_in(ada)
    found = client.get(QUEUE, {"created_from": first, "created_to": last})
    assert sorted(subjects(found)) == ["1", "2"]
    assert len(found.context["queue"].chips) == 2
    assert (
        client.get(QUEUE, {"created_from": "soon", "updated_to": "0001-01-01"}).status_code == 200
    )
    assert sorted(subjects(client.get(QUEUE, {"updated_from": last}))) == ["0", "1"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("created", ["Old", "Urgent", "New"]),
        ("-created", ["New", "Urgent", "Old"]),
        ("priority", ["Urgent", "Old", "New"]),
        ("-priority", ["New", "Old", "Urgent"]),
        ("due", ["Old", "Urgent", "New"]),
        ("-updated", ["New", "Urgent", "Old"]),
        ("subject", ["Old", "Urgent", "New"]),
    ],
)
def test_headings_sort_the_list(sign_in, ada, cleo, technical, sort, expected):
    now = timezone.now()
    urgent = Priority.objects.get(rank=1)
    make_ticket(cleo, technical, subject="Old", now=now - timedelta(hours=9))
    make_ticket(cleo, technical, subject="Urgent", priority=urgent, now=now - timedelta(hours=5))
    make_ticket(cleo, technical, subject="New", now=now)
    assert subjects(sign_in(ada).get(QUEUE, {"sort": sort})) == expected


def test_sorted_heading_says_so_and_turns_round(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    client = sign_in(ada)
    page = client.get(QUEUE, {"sort": "-created", "channel": "email"})
    headings = {str(heading.label): heading for heading in page.context["queue"].rows.headings}
    assert headings["Updated"].url == queue_url(view="attention", channel="email", sort="-updated")
    assert headings["Due"].sorted == ""
    assert 'aria-sort="ascending"' in client.get(QUEUE).content.decode()
    closed = client.get(QUEUE, {"view": "closed", "sort": "priority"}).context["queue"]
    assert closed.order_words == "the latest change"


def test_sorted_pages_show_every_ticket_once(sign_in, ada, cleo, technical):
    now = timezone.now()
    for number in range(60):
        make_ticket(cleo, technical, now=now - timedelta(minutes=number // 3))
    client, seen, url = sign_in(ada), [], f"{QUEUE}?sort=-created&channel=email"
    while url:
        page = client.get(url).context["queue"]
        seen += [row.number for row in page.rows]
        url = page.next_url
    assert len(seen) == len(set(seen)) == 60


def test_columns_are_chosen_by_view_and_only_they_are_read(
    sign_in, ada, cleo, technical, statements
):
    service = Service.objects.create(name="Repair", slug="repair")
    ticket = make_ticket(cleo, technical, service=service)
    set_tags(ticket, names=["valve"], actor=Actor.of_user(ada), now=timezone.now())
    client = sign_in(ada)
    chosen = ["service", "tags", "created", "organisation", "channel", "nonsense"]
    data = {"view": "mine", "column": chosen, "next": f"{QUEUE}?view=mine"}
    assert client.post(f"{QUEUE}/display", data).headers["Location"] == f"{QUEUE}?view=mine"
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=timezone.now())
    client.get(QUEUE, {"view": "mine"})
    with statements(6) as captured:
        page = client.get(QUEUE, {"view": "mine"})
    labels = [str(heading.label) for heading in page.context["queue"].rows.headings]
    assert labels == ["Subject", "Organisation", "Service", "Channel", "Tags", "Created"]
    for words in ("Repair", "valve", "Harbour Foods", "E-mail"):
        assert words in page.context["queue"].rows[0].behind
    listed = next(one["sql"] for one in captured if "draft_preview" in one["sql"])
    assert "accounts_department" not in listed
    assert len(client.get(QUEUE).context["queue"].rows.headings) == 7


def test_columns_of_the_view_come_back(sign_in, ada):
    client = sign_in(ada)
    client.post(f"{QUEUE}/display", {"view": "attention", "column": ["due"]})
    client.post(f"{QUEUE}/display", {"view": "attention", "column": ["due"], "reset": "1"})
    ada.refresh_from_db()
    assert ada.desk == {}


def test_density_and_list_beside_are_kept_on_the_user(sign_in, ada):
    data = {
        "view": "attention",
        "density": "compact",
        "beside": "1",
        "next": "https://evil.example",
    }
    response = sign_in(ada).post(f"{QUEUE}/display", data)
    assert response.headers["Location"] == f"{QUEUE}?view=attention"
    ada.refresh_from_db()
    assert (ada.density, ada.desk["beside"]) == ("compact", True)


def test_list_beside_the_ticket_marks_it_and_pages(sign_in, ada, cleo, technical):
    now = timezone.now()
    tickets = [
        make_ticket(cleo, technical, subject=f"No {number}", now=now - timedelta(minutes=number))
        for number in range(70)
    ]
    query = {"view": "attention", "pane": "1", "at": str(tickets[50].number)}
    pane = sign_in(ada).get(QUEUE, query, headers=HTMX).context["pane"]
    lines = {line.row.number: line for line in pane.lines}
    assert lines[f"#{tickets[50].number}"].is_current
    assert len(pane.lines) == 50
    assert "pane=1" in pane.next_url
    earlier = sign_in(ada).get(pane.previous_url, headers=HTMX).context["pane"]
    assert not earlier.previous_url
    assert not {line.row.number for line in earlier.lines} & lines.keys()
    assert "view=attention" in pane.lines[0].row.url


def test_list_beside_stands_only_for_those_who_came_from_a_list(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    client, url = sign_in(ada), f"{QUEUE}/ticket/{ticket.number}"
    assert 'class="pane"' not in client.get(url, {"view": "mine"}).content.decode()
    client.post(f"{QUEUE}/display", {"view": "mine", "beside": "1"})
    assert 'class="pane"' in client.get(url, {"view": "mine"}).content.decode()
    assert 'class="pane"' not in client.get(url).content.decode()


def test_pane_without_scripts_is_the_queue(sign_in, ada):
    page = sign_in(ada).get(QUEUE, {"pane": "1"})
    assert page.content.lstrip().lower().startswith(b"<!doctype")


def test_ticket_carries_filters_and_order_of_its_list(sign_in, ada, cleo, technical):
    now = timezone.now()
    first = make_ticket(cleo, technical, channel="phone", now=now - timedelta(hours=3))
    make_ticket(cleo, technical, now=now - timedelta(hours=2))
    third = make_ticket(cleo, technical, channel="phone", now=now - timedelta(hours=1))
    client = sign_in(ada)
    rows = client.get(QUEUE, {"channel": "phone", "sort": "created"}).context["queue"].rows
    page = client.get(rows[0].url)
    assert page.context["page"].head.list_url == queue_url(
        view="attention", channel="phone", sort="created"
    )
    slug = page.context["page"].view.slug
    onward = client.get(f"{QUEUE}/ticket/{first.number}/next?view={slug}")
    assert onward.headers["Location"].startswith(f"{QUEUE}/ticket/{third.number}?view=attention")
    assert subjects(client.get(QUEUE, {"view": slug})) == [first.subject, third.subject]


@pytest.mark.parametrize("slug", ["mine~", "mine~%%%", "mine~w7_", "mine~YQ", "~", "~~", "mine~é"])
def test_nonsense_that_a_view_carries_is_left_out(sign_in, ada, cleo, technical, slug):
    ticket = make_ticket(cleo, technical)
    client = sign_in(ada)
    assert client.get(QUEUE, {"view": slug}).status_code == 200
    assert client.get(f"{QUEUE}/ticket/{ticket.number}", {"view": slug}).status_code == 200


def test_what_a_view_carries_needs_no_quoting_and_comes_back():
    given = {"q": "a&b=c ~ü/%", "tag": "é"}
    slug = carrying("mine", given)
    assert slug.replace("~", "").replace("-", "").replace("_", "").isalnum()
    assert carried(slug)[0] == "mine"
    assert queue_url(view=slug).startswith(f"{QUEUE}?view=mine&q=a%26b%3Dc")


def test_empty_view_leads_to_one_that_is_not(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    queue = sign_in(ada).get(QUEUE, {"view": "mine"}).context["queue"]
    assert queue.onward.slug == "unassigned"
    assert "Go on with" in sign_in(ada).get(QUEUE, {"view": "mine"}).content.decode()
    assert not sign_in(ada).get(QUEUE, {"view": "attention"}).context["queue"].onward


def test_every_row_says_why_it_is_there(sign_in, ada, cleo, technical):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    for row in sign_in(ada).get(QUEUE).context["queue"].rows:
        assert 'class="reason' in row.reason
