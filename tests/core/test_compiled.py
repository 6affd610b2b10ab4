"""Querysets that are written to SQL once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.db.transaction import TransactionManagementError

from accounts.models import User
from core.compiled import Compiled
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_each_call_asks_for_what_it_was_given() -> None:
    ida, jon = make_user("Ida"), make_user("Jon")
    one: Compiled[User] = Compiled(lambda pk: User.objects.filter(pk=pk))
    assert [one(pk=ida.pk), one(pk=jon.pk), one(pk=0)] == [[ida], [jon], []]


def test_the_queryset_is_built_once_for_each_length_of_a_list() -> None:
    people = [make_user(f"Person{n}").pk for n in range(3)]
    built: list[Any] = []

    def among(ids: list[int]) -> QuerySet[User]:
        built.append(ids)
        return User.objects.filter(pk__in=ids).order_by("pk")

    ask: Compiled[User] = Compiled(among)
    found = [[row.pk for row in ask(ids=ids)] for ids in (people[:2], people[1:], people)]
    assert found == [people[:2], people[1:], people]
    assert len(built) == 2


def test_joined_rows_and_annotations_come_along(django_assert_num_queries: Any) -> None:
    ida = make_user("Ida")
    ask: Compiled[User] = Compiled(
        lambda pk: User.objects.filter(pk=pk).annotate(called=F("role__name"))
    )
    with django_assert_num_queries(1):
        (found,) = ask(pk=ida.pk)
        assert vars(found)["called"] == found.role.name == ida.role.name


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only() -> None:
    ask: Compiled[User] = Compiled(lambda pk: User.objects.select_for_update().filter(pk=pk))
    with pytest.raises(TransactionManagementError):
        ask(pk=1)


def test_constants_are_written_as_they_are() -> None:
    odd = make_user("""100 % 'O"Hara' %s""")
    ask: Compiled[User] = Compiled(lambda pk: User.objects.filter(pk=pk, name=odd.name))
    assert ask(pk=odd.pk) == [odd]
    other: Compiled[User] = Compiled(lambda pk: User.objects.filter(pk=pk, name__contains="% 'O\\"))
    assert other(pk=odd.pk) == []


def test_a_number_no_column_holds_finds_nothing() -> None:
    ask: Compiled[User] = Compiled(lambda pk: User.objects.filter(pk=pk))
    assert ask(pk=10**40) == ask(pk=-(10**40)) == ask(pk=2**63) == []


def test_what_is_asked_often_is_prepared_once_for_all_values() -> None:
    people = [make_user(f"Person{n}").pk for n in range(8)]
    ask: Compiled[User] = Compiled(lambda pk: User.objects.filter(pk=pk, name="prepared"))
    for pk in [*people, 2**40, 1]:
        ask(pk=pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%= ''prepared''%%'"
        )
        assert cursor.fetchone() == (1,)
