"""Finding customers by a part of their name, organisation or address; also when it is misspelled.

Indexes of pg_trgm answer both where the database has that extension (tickets/0019). Where it has
not, parts are looked for in all names, and slips among the names that begin alike.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from customers.models import Customer, CustomerAddress, Organisation
from customers.models.customer import CustomerQuerySet

MIN_LENGTH = 4
FEW = 1_000
MAX_SIMILAR = 5
# Meier and Meyer share a third of their trigrams: what the index finds is compared by letters.
SHARED_TRIGRAMS = 0.3
LIKENESS = 0.72
MAX_SHARING = 300
MAX_COMPARED = 5_000

_SHARING = """
SELECT id, name FROM (
    SELECT id, name, word_similarity(upper(%(text)s), upper(name)) AS shared
    FROM customers_customer WHERE merged_into_id IS NULL AND upper(%(text)s) <%% upper(name)
) rated ORDER BY shared DESC, id DESC LIMIT %(most)s
"""


def with_text(customers: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those whose name, organisation or address has `text`.

    Three questions, each with an index of its own; as one with OR none could be used. Few are
    looked up first: what a condition finds is anybody's guess to the planner, and it guesses high.
    """
    ids = ids_with_text(text, most=FEW)
    if ids is not None:
        return customers.filter(pk__in=ids)
    by_name, *others = _questions(text)
    return customers.filter(pk__in=by_name.union(*others))


def ids_with_text(text: str, *, most: int) -> list[int] | None:
    """The ids of all of them; None when more than `most` are called so."""
    by_name, *others = (question[: most + 1] for question in _questions(text))
    found = list(by_name.union(*others))
    return found if len(found) <= most else None


def _questions(text: str) -> list[QuerySet[Any, int]]:
    organisations = Organisation.objects.filter(name__icontains=text)
    customers = Customer.objects.order_by().values_list("pk", flat=True)
    addresses = CustomerAddress.objects.filter(value__startswith=text.lower()).order_by()
    return [
        customers.filter(name__icontains=text),
        customers.filter(organisation__in=organisations),
        addresses.values_list("customer", flat=True),
    ]


def similar_to(customers: CustomerQuerySet, text: str) -> list[Customer]:
    """The few customers whose names come closest to `text`, the closest first."""
    if len(text) < MIN_LENGTH:
        return []
    names = _sharing_trigrams(text) if has_trigrams() else _beginning_alike(text)
    rated = sorted(((_likeness(text, name), pk) for pk, name in names), reverse=True)
    ids = [pk for likeness, pk in rated if likeness >= LIKENESS][:MAX_SIMILAR]
    found = customers.filter(pk__in=ids).select_related("organisation").in_bulk()
    return [found[pk] for pk in ids if pk in found]


def has_trigrams() -> bool:
    """Whether this database compares names by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('customer_name_trigrams') IS NOT NULL")
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _sharing_trigrams(text: str) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [str(SHARED_TRIGRAMS)],
        )
        cursor.execute(_SHARING, {"text": text, "most": MAX_SHARING})
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _beginning_alike(text: str) -> list[tuple[int, str]]:
    start = text[:2]
    begins = Q(name__istartswith=start) | Q(name__icontains=f" {start}")
    names = Customer.objects.active().filter(begins).order_by("-pk")
    return list(names.values_list("pk", "name")[:MAX_COMPARED])


def _likeness(text: str, name: str) -> float:
    wanted = text.casefold()
    words = [*name.casefold().split(), name.casefold()]
    return max(SequenceMatcher(None, wanted, word).ratio() for word in words)
