"""A search kept as a view: what its operators become, what is told lost, what the view then finds."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from tests.desk.test_saved_views import QUEUE, VIEWS, is_, subjects
from tests.desk.test_search import SEARCH
from tests.factories import make_ticket, make_user
from tickets.models import SavedView, Status, Tag

pytestmark = pytest.mark.django_db


def begun(client, text: str):
    return client.get(f"{VIEWS}/add", {"search": text})


def conditions(client, text: str) -> list[dict]:
    return begun(client, text).context["form"].initial["conditions"].get("all", [])


def saved_from(client, text: str, **fields) -> SavedView:
    """The form sent as it came."""
    initial = begun(client, text).context["form"].initial
    assert client.post(f"{VIEWS}/add", {**posted_of(initial), **fields}).status_code == 303
    return SavedView.objects.latest("pk")


def posted_of(initial: dict) -> dict:
    data = {name: initial[name] for name in ("name", "base", "sort", "columns")}
    data["conditions-match"] = "all"
    for place, leaf in enumerate(initial["conditions"].get("all", [])):
        data |= {f"conditions-{place}-{part}": said for part, said in leaf.items()}
    return data


def test_the_search_offers_it_when_an_operator_can_be_kept(sign_in, ada, technical):
    client = sign_in(ada)
    page = client.get(SEARCH, {"q": "status:new grinder"})
    url = page.context["found"].save_url
    assert url == f"{VIEWS}/add?search=status%3Anew+grinder"
    assert f'href="{url}"' in page.content.decode()
    for text in ("grinder", "to:a@b.example", "has:attachment"):
        assert not client.get(SEARCH, {"q": text}).context["found"].save_url


def test_operators_become_conditions(sign_in, ada, technical, cleo):
    Tag.objects.create(name="Spare parts")
    new, client = Status.objects.get(slug="new").pk, sign_in(ada)
    text = 'status:new -department:technical tag:"spare parts" assignee:me channel:phone'
    assert conditions(client, text) == [
        {"field": "status", "op": "is", "value": new},
        {"field": "department", "op": "is_not", "value": technical.pk},
        {"field": "tags", "op": "contains_any", "value": ["Spare parts"]},
        {"field": "assignee", "op": "is", "value": ada.pk},
        {"field": "channel", "op": "is", "value": "phone"},
    ]
    assert conditions(client, "from:cleo@harbour.example") == is_("customer", cleo.pk)["all"]


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("before:2026-03-31", {"field": "created_at", "op": "before", "value": "2026-03-31"}),
        ("after:7d", {"field": "created_at", "op": "within_last", "value": 7}),
        ("before:2d", {"field": "created_at", "op": "longer_ago", "value": 48}),
        ("assignee:nobody", {"field": "assignee", "op": "is_empty"}),
        ("-assignee:none", {"none": [{"field": "assignee", "op": "is_empty"}]}),
        ("is:closed", {"field": "status_kind", "op": "in", "value": ["resolved", "closed"]}),
    ],
)
def test_one_operator_is_one_condition(sign_in, ada, text, leaf):
    assert conditions(sign_in(ada), text) == [leaf]


def test_several_colleagues_of_one_name(sign_in, ada, technical):
    twins = [make_user(name, "agent", technical) for name in ("Ivo One", "Ivo Two")]
    [leaf] = conditions(sign_in(ada), "assignee:ivo")
    assert (leaf["op"], sorted(leaf["value"])) == ("in", [twin.pk for twin in twins])


def test_spam_is_what_the_view_begins_with(sign_in, ada):
    initial = begun(sign_in(ada), "is:spam").context["form"].initial
    assert (initial["base"], initial["sort"], initial["conditions"]) == ("spam", "-updated", {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from:otto", "“from:otto” can't be part of a view."),
        ("-to:a@b.example", "“-to:a@b.example” can't be part of a view."),
        ("status:nonsense", "“status:nonsense” can't be part of a view."),
        ("open #12", "“#12” can't be part of a view."),
        ("-is:unassigned", "“-is:unassigned” can't be part of a view."),
        ("grinder", "Words can't be kept in a view: they are searched for each time."),
        ("after:yesterday", "“yesterday” is kept as the day it is now: "),
    ],
)
def test_what_a_view_cannot_say_is_named(sign_in, ada, text, told):
    assert told in unescape(begun(sign_in(ada), text).content.decode())


def test_nothing_typed_is_lost_and_a_refused_form_says_it_again(sign_in, ada):
    client, url = sign_in(ada), f"{VIEWS}/add?search=status%3Anew+from%3Aotto"
    assert client.get(url).context["form"].initial["name"] == "status:new from:otto"
    data = {"name": "", "base": "all", "sort": "-created", "conditions-match": "all"}
    page = client.post(url, data)
    assert page.status_code == 422
    assert "“from:otto” can&#x27;t be part of a view." in page.content.decode()


def test_the_view_finds_what_the_search_found(sign_in, ada, cleo, technical):
    now, client = timezone.now(), sign_in(ada)
    make_ticket(cleo, technical, subject="Old", now=now - timedelta(days=9))
    make_ticket(cleo, technical, subject="Fresh", now=now - timedelta(hours=1))
    for text, found in (
        ("status:new after:3d", ["Fresh"]),
        ("is:open before:3d", ["Old"]),
        ("assignee:nobody department:technical", ["Fresh", "Old"]),
    ):
        view = saved_from(client, text, name=text)
        assert subjects(client.get(QUEUE, {"view": view.slug})) == found, text


@pytest.mark.parametrize(
    "text", ["\x00", "tag:\x00", "assignee:%", "before:0001-01-01", "x" * 5000]
)
def test_odd_searches_break_nothing(sign_in, ada, text):
    assert begun(sign_in(ada), text).status_code == 200
