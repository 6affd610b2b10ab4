"""Deadlines in the queue and at the head of a ticket, from stored columns alone (R95-R97)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from freezegun import freeze_time

from sla.actions.manual import exclude_ticket
from sla.models import SlaPolicy
from tests.factories import make_inbound, make_reply, make_ticket
from tests.sla.conftest import METRICS, at, office, promise
from tickets.actions import assign_ticket, change_status, close_ticket
from tickets.actors import Actor
from tickets.models import Status, Ticket

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets"
__all__ = ["METRICS", "office", "promise"]


def line(client: Client, now: str, **query: str):
    """The only line of the queue at this moment."""
    with freeze_time(at(now)):
        rows = client.get(QUEUE, query).context["queue"].rows
    (row,) = rows
    return row


def head(client: Client, ticket: Ticket, now: str) -> str:
    with freeze_time(at(now)):
        page = client.get(f"{QUEUE}/ticket/{ticket.number}").context["page"]
        return " ".join(str(due) for due in page.head.dues)


@pytest.fixture
def opened(promise: Callable[..., SlaPolicy], cleo, technical, ada) -> Ticket:
    """Ada's since Tuesday 10:00: 4 h to answer, 8 h to solve, warned at three quarters."""
    promise(first_response=4, resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    return assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=at("2025-02-04 10:00"))


@pytest.mark.parametrize(
    ("now", "chip", "reason"),
    [
        ("2025-02-04 10:30", "sla--ok|3 h 30 m", "First response due in 3 h 30 m"),
        ("2025-02-04 13:20", "sla--risk|40 m left", "First response due in 40 m"),
        ("2025-02-04 14:12", "sla--overdue|Overdue 12 m", "First response overdue"),
    ],
)
def test_line_says_what_is_due_and_how_close_it_is(sign_in, ada, opened, now, chip, reason):
    row = line(sign_in(ada), now)
    assert all(words in row.behind for words in chip.split("|"))
    assert reason in row.reason


def test_overdue_is_said_in_red_and_in_words(sign_in, ada, opened):
    """R97"""
    row = line(sign_in(ada), "2025-02-04 15:00")
    assert "sla--overdue" in row.behind
    assert "Overdue" in row.behind
    assert "reason--hot" in row.reason


def test_warning_colours_the_reason_from_the_stored_moment(sign_in, ada, opened):
    assert "reason--warm" not in line(sign_in(ada), "2025-02-04 12:59").reason
    assert "reason--warm" in line(sign_in(ada), "2025-02-04 13:00").reason


@pytest.mark.parametrize(
    ("slug", "words"), [("answered", "Paused: customer"), ("hold", "Paused: On Hold")]
)
def test_paused_deadline_names_its_reason(sign_in, ada, opened, slug, words):
    """R96"""
    make_reply(opened, ada, now=at("2025-02-04 11:00"), after=Status.objects.get(slug=slug))
    row = line(sign_in(ada), "2025-02-04 12:00")
    assert "sla--paused" in row.behind
    assert words in row.behind


@pytest.mark.parametrize(
    ("closed_at", "chip", "reason"),
    [
        ("2025-02-04 12:00", "sla--met", "Solved<"),
        ("2025-02-05 12:00", "sla--failed", "Solved, deadline missed"),
    ],
)
def test_solved_ticket_shows_whether_its_deadlines_were_met(
    sign_in, ada, opened, closed_at, chip, reason
):
    make_reply(opened, ada, now=at("2025-02-04 11:00"))
    close_ticket(opened, actor=Actor.of_user(ada), now=at(closed_at))
    row = line(sign_in(ada), "2025-02-05 13:00", view="closed")
    assert chip in row.behind
    assert reason in row.reason


def test_excluded_ticket_shows_that_it_has_no_deadlines(sign_in, max_, opened):
    """R102"""
    now = at("2025-02-04 11:00")
    exclude_ticket(opened, reason="Feature requests", actor=Actor.of_user(max_), now=now)
    assert "No SLA" in line(sign_in(max_), "2025-02-04 12:00").behind
    assert "No SLA: Feature requests" in head(sign_in(max_), opened, "2025-02-04 12:00")


def test_head_shows_one_chip_for_each_running_clock(sign_in, ada, opened):
    shown = head(sign_in(ada), opened, "2025-02-04 13:20")
    assert shown.index("First response") < shown.index("Resolution")
    assert "40 m left" in shown
    assert shown.count("<due-chip") == 2


def test_head_keeps_how_fast_the_first_reply_was(sign_in, ada, opened):
    make_reply(opened, ada, now=at("2025-02-04 10:24"))
    shown = head(sign_in(ada), opened, "2025-02-04 13:20")
    assert "First reply 24 m" in shown
    assert "sla--met" in shown


def test_pulse_notices_a_clock_that_changed_alone(sign_in, max_, ada, opened, promise):
    """Rules touch no ticket, yet its deadlines move."""
    client, url = sign_in(ada), f"{QUEUE}/ticket/{opened.number}"
    with freeze_time(at("2025-02-04 11:00")):
        pulse = f"{url}/pulse?{client.get(url).context['page'].pulse}"
        assert client.get(pulse, headers={"HX-Request": "true"}).status_code == 204
        opened.sla_clocks.filter(metric="resolution").update(due_at=at("2025-02-06 10:00"))
        assert client.get(pulse, headers={"HX-Request": "true"}).status_code == 200


def listed(client: Client, now: datetime, **query: str) -> list[str]:
    with freeze_time(now):
        return [row.subject for row in client.get(QUEUE, query).context["queue"].rows]


@pytest.fixture
def many(promise, cleo, technical, ada, max_) -> None:
    """One ticket in each state, seen on Tuesday at 14:30."""
    promise(first_response=4, resolution=8)
    start, actor = at("2025-02-04 10:00"), Actor.of_user(ada)
    make_ticket(cleo, technical, subject="Late", now=start)
    make_ticket(cleo, technical, subject="Close", now=at("2025-02-04 11:00"))
    make_ticket(cleo, technical, subject="Calm", now=at("2025-02-04 14:00"))
    held = make_ticket(cleo, technical, subject="Held", now=start)
    make_reply(held, ada, now=start)
    hold = Status.objects.get(slug="hold")
    change_status(held, status=hold, actor=actor, now=start)
    wish = make_ticket(cleo, technical, subject="Wish", now=start)
    exclude_ticket(wish, reason="Feature requests", actor=Actor.of_user(max_), now=start)


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ({"view": "risk"}, ["Close"]),
        ({"view": "overdue"}, ["Late"]),
        ({"sla": "at_risk"}, ["Close"]),
        ({"sla": "overdue"}, ["Late"]),
        ({"sla": "paused"}, ["Held"]),
        ({"sla": "excluded"}, ["Wish"]),
        ({"sla": "nonsense"}, ["Late", "Wish", "Close", "Calm", "Held"]),
    ],
)
def test_views_and_filter_know_the_states(sign_in, ada, many, query, subjects):
    assert listed(sign_in(ada), at("2025-02-04 14:30"), **query) == subjects


def test_tabs_count_what_is_at_risk_and_overdue(sign_in, ada, many):
    client = sign_in(ada)
    with freeze_time(at("2025-02-04 14:30")):
        tabs = client.get(f"{QUEUE}/counters").context["tabs"]
    counts = {tab.slug: str(tab.counter) for tab in tabs}
    assert ">1<" in counts["risk"]
    assert ">1<" in counts["overdue"]


def test_deadlines_cost_the_queue_no_statement(sign_in, ada, cleo, technical, promise, statements):
    """sla.md 12: no calendar is asked, nothing is read but the line itself."""
    promise(first_response=4, resolution=8)
    for _ in range(30):
        make_inbound(make_ticket(cleo, technical, now=at("2025-02-04 10:00")))
    client = sign_in(ada)
    client.get(QUEUE)
    with statements(6):
        assert client.get(QUEUE).status_code == 200
