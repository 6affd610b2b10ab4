"""Tabs above the queue: which shipped views somebody wants there, and how the others are reached."""

from __future__ import annotations

import pytest

from accounts.models import User
from desk.shipped import VIEWS
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets"
VIEWS_PAGE = f"{QUEUE}/views"
SHIPPED = [view.slug for view in VIEWS]


def slugs(client, **query) -> list[str]:
    return [tab.slug for tab in client.get(QUEUE, query).context["queue"].tabs]


def test_hidden_views_are_no_tabs(sign_in, ada, technical):
    client = sign_in(ada)
    assert slugs(client) == SHIPPED
    answer = client.post(f"{VIEWS_PAGE}/tabs", {"tab": ["attention", "mine"]})
    assert answer.headers["Location"] == VIEWS_PAGE
    assert slugs(client) == ["attention", "morning", "mine"]
    assert "hidden_views" in User.objects.get(pk=ada.pk).desk


def test_the_open_view_is_a_tab_and_the_morning_queue_always(sign_in, ada, technical):
    client = sign_in(ada)
    client.post(f"{VIEWS_PAGE}/tabs", {})
    assert slugs(client, view="morning") == ["morning"]
    assert slugs(client, view="spam") == ["morning", "spam"]


def test_hidden_views_are_not_counted(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    client = sign_in(ada)
    client.post(f"{VIEWS_PAGE}/tabs", {"tab": ["mine"]})
    tabs = client.get(f"{QUEUE}/counters", {"view": "unassigned"}).context["tabs"]
    assert {tab.slug: bool(tab.counter) for tab in tabs} == {
        "morning": True,
        "mine": True,
        "unassigned": False,
    }


def test_home_and_rail_keep_their_numbers(sign_in, ada, cleo, technical):
    make_ticket(cleo, technical)
    client = sign_in(ada)
    client.post(f"{VIEWS_PAGE}/tabs", {})
    assert all(tile.count for tile in client.get("/admin").context["home"].tiles)
    assert client.get("/admin/rail").status_code == 200


def test_the_page_of_views_has_a_box_for_each(sign_in, ada, technical):
    client = sign_in(ada)
    client.post(f"{VIEWS_PAGE}/tabs", {"tab": ["attention", "nonsense", "morning"]})
    choices = client.get(VIEWS_PAGE).context["page"].tabs
    assert [choice.slug for choice in choices if choice.is_shown] == ["attention", "morning"]
    assert [choice.slug for choice in choices if choice.is_fixed] == ["morning"]
    client.post(f"{VIEWS_PAGE}/tabs", {"tab": SHIPPED})
    assert User.objects.get(pk=ada.pk).desk == {}


def test_a_hidden_view_is_found_by_the_palette(sign_in, ada, technical):
    client = sign_in(ada)
    client.post(f"{VIEWS_PAGE}/tabs", {})
    found = client.get("/admin/palette", {"q": "snoozed", "scope": "queue"}).context["sections"]
    urls = [choice.to for section in found for choice in section.choices]
    assert f"{QUEUE}?view=snoozed" in urls


def test_nonsense_that_was_kept_hides_nothing(sign_in, ada, technical):
    User.objects.filter(pk=ada.pk).update(desk={"hidden_views": {"mine": 1}})
    assert slugs(sign_in(ada)) == SHIPPED
