"""Every order the queue offers is served by an index: no list is sorted in memory (performance.md 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.keyset import Cursor, beyond
from desk.orders import order_of, sort_text
from desk.shipped import BASES

pytestmark = pytest.mark.django_db
OFFERED = [
    (view, order)
    for view in BASES
    for order in dict.fromkeys(
        [
            view.order,
            *(order_of(key, is_descending=way) for key in view.sorts for way in (False, True)),
        ]
    )
]


def nodes(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["Node Type"]
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize(
    ("view", "order"),
    OFFERED,
    ids=[f"{view.slug}:{sort_text(order) or 'own'}" for view, order in OFFERED],
)
@pytest.mark.parametrize("after", [False, True])
def test_order_is_served_by_an_index(max_, technical, view, order, after):
    now = timezone.now()
    values = tuple(1 for _column in order.columns) if after else ()
    tickets = beyond(view.tickets(max_, now), order, Cursor(values)).values_list("pk")[:51]
    with connection.cursor() as cursor:
        # A table without rows is read fastest as it lies: what matters is what could be done.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        sql, parameters = tickets.query.sql_with_params()
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        found = cursor.fetchone()[0]
    plan = found if isinstance(found, list) else json.loads(found)
    assert "Sort" not in set(nodes(plan[0]["Plan"])), plan
