"""What the planner expects of a question."""

from __future__ import annotations

import pytest

from accounts.models import User
from core.estimates import rows_expected
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_key_is_expected_once_and_all_more_often():
    one = User.objects.filter(pk=make_user("Ida").pk)
    assert rows_expected(one) == 1
    assert rows_expected(User.objects.extra(tables=["pg_class"])) > 100


def test_what_can_have_no_rows_is_not_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rows_expected(User.objects.filter(pk__in=[])) == 0
