"""The bounds on work can fail, and they do not when the machine is at fault."""

import pytest

from tests import pace
from tests.pace import takes_at_most


def _strides(count: int) -> list[int]:
    return [pace._stride() for _number in range(count)]


def test_the_result_of_quick_work_is_handed_on() -> None:
    assert takes_at_most(pace.STRIDE_SECONDS * 2, lambda: _strides(1)) == [12]


def test_too_much_work_is_refused_on_any_machine() -> None:
    with pytest.raises(AssertionError, match="instead of"):
        takes_at_most(pace.STRIDE_SECONDS, lambda: _strides(4), attempts=2)


def test_a_slow_machine_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    # As if this machine were ten times as slow as the one of the bounds.
    tenth = pace.STRIDE_SECONDS / 10
    monkeypatch.setattr(pace, "STRIDE_SECONDS", tenth)
    takes_at_most(tenth * 4, lambda: _strides(1))
    with pytest.raises(AssertionError):
        takes_at_most(tenth, lambda: _strides(6))
