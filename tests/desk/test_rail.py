"""Numbers beside the links of the rail, and the saved views below them."""

from __future__ import annotations

import pytest

from tests.factories import make_ticket
from tickets.models import SavedView

pytestmark = pytest.mark.django_db
RAIL = "/admin/rail"


def numbers(client) -> dict[str, str]:
    shown = client.get(RAIL).context["rail"]
    return {number.place: str(number.counter) for number in shown.numbers}


def test_numbers_are_what_the_reader_may_see(ada, ben, cleo, technical, sign_in) -> None:
    make_ticket(cleo, technical)
    assert ">1<" in numbers(sign_in(ada))["count-desk-queue"]
    assert numbers(sign_in(ben)) == {"count-desk-queue": "", "count-desk-tasks": ""}


def test_every_page_has_the_places_for_them(ada, sign_in) -> None:
    client = sign_in(ada)
    page = client.get("/admin/tickets").content.decode()
    assert all(f'id="{place}"' in page for place in numbers(client))
    assert f'hx-get="{RAIL}?view="' in page


def test_saved_views_are_links_with_their_numbers(ada, ben, cleo, technical, sign_in) -> None:
    make_ticket(cleo, technical)
    view = SavedView.objects.create(name="Returns", base="attention", owner=ada, conditions={})
    pins = sign_in(ada).get(RAIL, {"view": view.slug}).context["rail"].pins
    assert [(pin.title, ">1<" in str(pin.counter), pin.is_current) for pin in pins] == [
        ("Returns", True, True)
    ]
    assert sign_in(ben).get(RAIL).context["rail"].pins == []


def test_it_costs_five_statements(ada, sign_in, statements) -> None:
    client = sign_in(ada)
    client.get(RAIL)
    with statements(5):
        client.get(RAIL)
