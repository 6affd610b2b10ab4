"""Several limits counted in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.rates import hit, hit_all, is_over

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_all_limits_count_and_the_tightest_decides(statements):
    now = timezone.now()
    limits = (("b", 5, DAY), ("a", 2, HOUR))
    with statements(1):
        assert hit_all(limits, now=now)
    assert hit_all(limits, now=now)
    assert not hit_all(limits, now=now)
    assert is_over("a", limit=2, per=HOUR, now=now)
    assert not is_over("b", limit=5, per=DAY, now=now)


def test_one_key_may_have_two_limits():
    now = timezone.now()
    assert hit_all((("a", 9, HOUR), ("a", 1, DAY)), now=now)
    assert not hit_all((("a", 9, HOUR), ("a", 1, DAY)), now=now)


def test_windows_before_count_as_with_one_limit():
    now = timezone.now().replace(minute=30)
    for _number in range(4):
        hit("a", limit=9, per=HOUR, now=now - HOUR)
    assert hit_all((("a", 3, HOUR),), now=now)
    assert not hit_all((("a", 3, HOUR),), now=now)
