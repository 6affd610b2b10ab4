"""The queue: who sees what, in which order, with how few statements."""

from __future__ import annotations

import uuid
from copy import copy
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_inbound, make_reply, make_ticket
from tickets.actions import assign_ticket, close_ticket, mark_spam
from tickets.actors import Actor
from tickets.models import Priority, Status, Ticket

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets"


def subjects(response) -> list[str]:
    return [row.subject for row in response.context["queue"].rows]


def test_agent_sees_tickets_of_own_departments_only(sign_in, ada, ben, cleo, technical, billing):
    make_ticket(cleo, technical, subject="Espresso line down")
    make_ticket(cleo, billing, subject="Charged twice")
    assert subjects(sign_in(ada).get(QUEUE)) == ["Espresso line down"]
    assert subjects(sign_in(ben).get(QUEUE)) == ["Charged twice"]


def test_manager_sees_all_departments(sign_in, max_, cleo, technical, billing):
    make_ticket(cleo, technical, subject="Espresso line down")
    make_ticket(cleo, billing, subject="Charged twice")
    assert len(subjects(sign_in(max_).get(QUEUE))) == 2


def test_customer_finds_no_queue_and_anonymous_signs_in(sign_in, client, cleo):
    assert sign_in(cleo).get(QUEUE).status_code == 404
    assert client.get(QUEUE).headers["Location"].startswith("/authentication/login?next=")


def test_attention_order_puts_the_longest_wait_first_and_says_why(sign_in, ada, cleo, technical):
    now = timezone.now()
    make_ticket(cleo, technical, subject="Fresh", now=now)
    make_ticket(cleo, technical, subject="Old", now=now - timedelta(hours=5))
    answered = make_ticket(cleo, technical, subject="Answered", now=now - timedelta(hours=9))
    make_reply(answered, ada, after=Status.objects.get(slug="answered"))
    response = sign_in(ada).get(QUEUE)
    assert subjects(response) == ["Old", "Fresh", "Answered"]
    reasons = [str(row.reason) for row in response.context["queue"].rows]
    assert "Customer waits 5 h" in reasons[0]
    assert "reason--hot" in reasons[0]
    assert "nobody assigned" in reasons[0]
    assert "Waiting for customer" in reasons[2]


def test_morning_queue_puts_urgent_first_whatever_its_age(sign_in, ada, cleo, technical):
    now = timezone.now()
    make_ticket(cleo, technical, subject="Old", now=now - timedelta(hours=9))
    make_ticket(cleo, technical, subject="Urgent", priority=Priority.objects.get(rank=1), now=now)
    assert subjects(sign_in(ada).get(QUEUE, {"view": "morning"})) == ["Urgent", "Old"]


def test_each_view_holds_its_tickets(sign_in, ada, cleo, technical):
    actor, now = Actor.of_user(ada), timezone.now()
    mine = make_ticket(cleo, technical, subject="Mine")
    assign_ticket(mine, assignee=ada, actor=actor, now=now)
    make_ticket(cleo, technical, subject="Waiting", now=now - timedelta(hours=6))
    close_ticket(make_ticket(cleo, technical, subject="Closed"), actor=actor, now=now)
    mark_spam(make_ticket(cleo, technical, subject="Spam"), actor=actor, now=now)
    client = sign_in(ada)
    found = {
        view: set(subjects(client.get(QUEUE, {"view": view})))
        for view in ("mine", "unassigned", "unanswered", "closed", "spam", "urgent", "escalated")
    }
    assert found == {
        "mine": {"Mine"},
        "unassigned": {"Waiting"},
        "unanswered": {"Waiting"},
        "closed": {"Closed"},
        "spam": {"Spam"},
        "urgent": set(),
        "escalated": set(),
    }


def copies(ticket: Ticket, count: int) -> None:
    """More rows like `ticket`, without the toil of opening each."""
    ticket.pk = None
    rows = []
    for number in range(count):
        row = copy(ticket)
        row.number = 500_000 + number
        row.public_id, row.thread_token = uuid.uuid4(), f"{number:026d}"
        rows.append(row)
    Ticket.objects.bulk_create(rows)


@pytest.mark.parametrize("count", [3, 300])
def test_queue_takes_at_most_six_statements(sign_in, ada, cleo, technical, statements, count):
    copies(make_ticket(cleo, technical), count - 1)
    client = sign_in(ada)
    client.get(QUEUE)
    with statements(6):
        assert len(client.get(QUEUE).context["queue"].rows) == min(count, 50)


def test_pages_show_every_ticket_once_forwards_and_back(sign_in, ada, cleo, technical):
    now = timezone.now()
    for number in range(115):
        make_ticket(
            cleo, technical, subject=f"No {number}", now=now - timedelta(minutes=number // 3)
        )
    client, url, seen, pages = sign_in(ada), QUEUE, [], []
    while url:
        page = client.get(url).context["queue"]
        seen += [row.number for row in page.rows]
        pages.append([row.number for row in page.rows])
        url = page.next_url
    assert len(seen) == len(set(seen)) == 115
    back = client.get(page.previous_url).context["queue"]
    assert [row.number for row in back.rows] == pages[1]
    assert [row.number for row in client.get(back.previous_url).context["queue"].rows] == pages[0]


@pytest.mark.parametrize(
    "query",
    ["view=nonsense", "after=1_2_3_4", "after=99999999999999999999_1", "before=x_y", "status=1%20OR%201",
     "status=99999999999999999999", "assignee=-1", "channel=telegraph", "q=%00", "view=closed&after=-1_5"],
)  # fmt: skip
def test_bad_parameters_fall_back_to_a_sane_page(sign_in, ada, cleo, technical, query):
    make_ticket(cleo, technical)
    assert sign_in(ada).get(f"{QUEUE}?{query}").status_code == 200


def test_filters_narrow_the_list(sign_in, ada, cleo, otto, technical):
    urgent = Priority.objects.get(rank=1)
    make_ticket(cleo, technical, subject="Urgent", priority=urgent)
    make_ticket(otto, technical, subject="Other", channel="phone")
    client = sign_in(ada)
    assert subjects(client.get(QUEUE, {"priority": urgent.pk})) == ["Urgent"]
    assert subjects(client.get(QUEUE, {"channel": "phone"})) == ["Other"]
    assert subjects(client.get(QUEUE, {"assignee": "nobody"})) != []
    assert subjects(client.get(QUEUE, {"assignee": "me"})) == []


def test_fragment_is_the_same_alone_and_in_its_page(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    client = sign_in(ada)
    whole, part = client.get(QUEUE), client.get(QUEUE, headers={"HX-Request": "true"})
    assert whole.content.lstrip().lower().startswith(b"<!doctype")
    assert part.content.strip() in whole.content
    assert "HX-Request" in part.headers["Vary"]


def test_counters_count_each_view_in_one_statement(
    sign_in, ada, cleo, technical, billing, statements
):
    make_ticket(cleo, technical)
    make_ticket(cleo, billing)
    client = sign_in(ada)
    client.get(QUEUE)
    with statements(6):
        response = client.get(f"{QUEUE}/counters", headers={"HX-Request": "true"})
    counters = {tab.slug: str(tab.counter) for tab in response.context["tabs"]}
    assert ">1<" in counters["attention"]
    assert ">0<" in counters["mine"]


def test_new_tickets_are_announced_but_do_not_move_the_list(sign_in, ada, cleo, technical):
    client = sign_in(ada)
    url = client.get(QUEUE).context["queue"].counters_url
    assert "pill-new" not in client.get(url).content.decode()
    make_ticket(cleo, technical)
    assert "1 new: show" in client.get(url).content.decode()


def test_next_ticket_follows_the_order_of_the_view(sign_in, ada, cleo, technical):
    now = timezone.now()
    first = make_ticket(cleo, technical, now=now - timedelta(hours=3))
    second = make_ticket(cleo, technical, now=now - timedelta(hours=2))
    client = sign_in(ada)
    onward = client.get(f"{QUEUE}/ticket/{first.number}/next?view=attention")
    assert onward.headers["Location"] == f"{QUEUE}/ticket/{second.number}?view=attention"
    end = client.get(f"{QUEUE}/ticket/{second.number}/next?view=attention")
    assert end.headers["Location"] == f"{QUEUE}?view=attention"
    back = client.get(f"{QUEUE}/ticket/{second.number}/previous?view=attention")
    assert back.headers["Location"].startswith(f"{QUEUE}/ticket/{first.number}")


def test_wait_after_a_second_message_still_counts_from_the_first(cleo, technical):
    now = timezone.now()
    ticket = make_ticket(cleo, technical, now=now - timedelta(hours=3))
    make_inbound(ticket, now=now)
    assert Ticket.objects.get(pk=ticket.pk).waiting_since == now - timedelta(hours=3)
