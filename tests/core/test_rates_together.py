"""Several limits counted in one statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.rates import hit, hit_all, is_over

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def test_all_limits_count_and_the_tightest_decides(statements):
    now = timezone.now()
    limits = (("b", 5, DAY), ("a", 2, HOUR))
    with statements(1):
        assert hit_all(limits, now=now)
    assert hit_all(limits, now=now)
    assert not hit_all(limits, now=now)
    assert is_over("a", limit=2, per=HOUR, now=now)
    assert not is_over("b", limit=5, per=DAY, now=now)


@pytest.mark.parametrize("now", [MIDNIGHT, MIDNIGHT - HOUR, MIDNIGHT + timedelta(minutes=59)])
def test_one_key_may_have_two_limits(now):
    """At midnight the windows of the hour and of the day begin together."""
    assert hit_all((("a", 9, HOUR), ("a", 1, DAY)), now=now)
    assert not hit_all((("a", 9, HOUR), ("a", 1, DAY)), now=now)
    assert is_over("a", limit=2, per=HOUR, now=now)
    assert not is_over("a", limit=3, per=HOUR, now=now)


@pytest.mark.parametrize("now", [MIDNIGHT, MIDNIGHT + timedelta(minutes=59)])
def test_what_one_window_counts_is_not_counted_by_a_longer_one(now):
    assert hit("a", limit=1, per=HOUR, now=now)
    assert hit("a", limit=1, per=DAY, now=now)


def test_the_same_limit_twice_counts_once():
    now = MIDNIGHT
    for _attempt in range(2):
        assert hit_all((("a", 9, HOUR), ("a", 2, HOUR)), now=now)
    assert not hit_all((("a", 9, HOUR), ("a", 2, HOUR)), now=now)


def test_windows_before_count_as_with_one_limit():
    now = timezone.now().replace(minute=30)
    for _number in range(4):
        hit("a", limit=9, per=HOUR, now=now - HOUR)
    assert hit_all((("a", 3, HOUR),), now=now)
    assert not hit_all((("a", 3, HOUR),), now=now)
