"""Ten thousand random calendars against the oracle: the correctness goal of sla.md 12."""

from __future__ import annotations

import time

import pytest

from tests.calendars.test_engine_oracle import compare
from tests.drills.rig import report


@pytest.mark.drill
@pytest.mark.slow
def test_business_time_agrees_with_the_oracle_on_ten_thousand_calendars():
    began = time.monotonic()
    for seed in range(10_000):
        compare(seed)
    for seed in range(1_000_000, 1_000_100):
        compare(seed, seconds=True)
    report("calendars", calendars=10_100, mismatches=0, seconds=round(time.monotonic() - began, 1))
