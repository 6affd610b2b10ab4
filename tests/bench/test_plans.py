"""P12: at a hundred thousand tickets no hot page reads a whole table or sorts more than a page.

Pages are asked for as agents do, and each of their statements is explained afterwards. The
crowd lives in a transaction that is undone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.memo import forget_all
from desk.shipped import BASES
from tests.bench.crowd import FIRST_NUMBER, TICKETS, seed
from tests.factories import make_user
from tickets.models import SavedView, Ticket

pytestmark = pytest.mark.django_db
BIG = {"tickets_ticket", "tickets_message", "tickets_event", "tickets_searchdocument"}
MOST_SORTED = 1_000
QUEUE = "/admin/tickets"
LISTS = [(view.slug, sort) for view in BASES for sort in ("", *view.sorts)]
LISTS += [(slug, f"-{sort}") for slug, sort in LISTS if sort]
FILTERS = (
    "view=all&status={status}",
    "view=all&priority={priority}&sort=-created",
    "view=attention&status={status}&priority={priority}",
    "view=attention&assignee=me",
    "view=attention&assignee=nobody&sort=priority",
    "view=all&department={department}",
    "view=attention&q=word7",
    "view=all&q=word7",
)


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, User]]:
    """The owner and an agent of five departments, beside the crowd; all is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        agent = seed()
        owner = make_user("Olga", "owner")
        SavedView.objects.create(
            name="Late and mine",
            base="attention",
            order="priority",
            conditions={"all": [{"field": "priority", "op": "is", "value": "high"}]},
        )
        yield {"owner": owner, "agent": agent}
        transaction.set_rollback(True)


def browser(user: User) -> Client:
    """Signed in, with empty caches."""
    forget_all()
    cache.clear()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def faults(client: Client, path: str) -> list[str]:
    """What the plans of the page's statements do that would take long."""
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    asked = [one["sql"] for one in captured if one["sql"].startswith(("SELECT", "("))]
    hot = [sql for sql in dict.fromkeys(asked) if any(f'"{table}"' in sql for table in BIG)]
    return [f"{fault}: {sql}" for sql in hot for fault in _faults_of(_plan(sql))]


def _plan(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}", [])
        answer = cursor.fetchone()[0]
    found = json.loads(answer) if isinstance(answer, str) else answer
    return found[0]["Plan"]


def _faults_of(plan: dict[str, Any]) -> Iterator[str]:
    parts = plan.get("Plans", [])
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in BIG:
        yield f"reads all of {plan['Relation Name']} for {plan.get('Filter', 'nothing')}"
    if plan["Node Type"] == "Sort" and parts[0]["Plan Rows"] > MOST_SORTED:
        yield f"sorts {parts[0]['Plan Rows']} rows by {plan['Sort Key']}"
    for part in parts:
        yield from _faults_of(part)


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize(("view", "sort"), LISTS)
def test_lists_go_by_an_index(people: dict[str, User], who: str, view: str, sort: str) -> None:
    client = browser(people[who])
    path = f"{QUEUE}?view={view}&sort={sort}"
    assert faults(client, path) == []


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize("view", ["attention", "morning", "all"])
def test_pages_further_on_go_by_an_index(people: dict[str, User], who: str, view: str) -> None:
    client = browser(people[who])
    page = client.get(f"{QUEUE}?view={view}").content.decode()
    link = re.search(r'href="([^"]*[?;]after=[^"]*)"', page)
    assert link is not None
    assert faults(client, urljoin(QUEUE, unescape(link[1]))) == []


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize("query", FILTERS)
def test_filtered_lists_go_by_an_index(people: dict[str, User], who: str, query: str) -> None:
    ticket = Ticket.objects.filter(department__memberships__user=people["agent"]).first()
    assert ticket is not None
    chosen = {"status": ticket.status_id, "priority": 2, "department": ticket.department_id}
    assert faults(browser(people[who]), f"{QUEUE}?{query.format(**chosen)}") == []


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize(
    "path",
    [
        "/admin",
        f"{QUEUE}/counters",
        "/admin/search?q=word7",
        "/admin/search?q=word7+word8&open=1",
        "/admin/search?q=to:nobody@else.example",
        "/admin/search?q=from:Customer",
        "/admin/palette?q=word7",
        f"/admin/palette?q={FIRST_NUMBER + 7}",
        "/admin/tasks",
        "/admin/clients?q=Customer+77",
    ],
)
def test_pages_beside_the_queue_go_by_an_index(
    people: dict[str, User], who: str, path: str
) -> None:
    assert faults(browser(people[who]), path) == []


@pytest.mark.parametrize("who", ["owner", "agent"])
def test_ticket_and_its_neighbours_go_by_an_index(people: dict[str, User], who: str) -> None:
    user = people[who]
    ticket = Ticket.objects.visible_to(user).filter(is_open=True).first()
    assert ticket is not None
    client, path = browser(user), f"{QUEUE}/ticket/{ticket.number}"
    assert faults(client, path) == []
    assert faults(client, f"{path}/context") == []
    assert faults(client, f"{path}/activity") == []


@pytest.mark.parametrize("who", ["owner", "agent"])
def test_saved_view_goes_by_an_index(people: dict[str, User], who: str) -> None:
    view = SavedView.objects.get(name="Late and mine")
    assert faults(browser(people[who]), f"{QUEUE}?view={view.slug}") == []


def test_the_crowd_is_there(people: dict[str, User]) -> None:
    assert Ticket.objects.count() == TICKETS
