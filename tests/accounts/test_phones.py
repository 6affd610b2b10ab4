"""Phone numbers as they are typed and as they are kept."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.phones import e164


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("+49 30 1234567", "+49301234567"),
        ("+49 (0)30 / 123-45.67", "+49301234567"),
        ("0049 30 1234567", "+49301234567"),
        ("+1 (415) 555\u20110100", "+14155550100"),
    ],
)
def test_number_is_kept_without_ornaments(typed, kept):
    assert e164(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["030 1234567", "+0301234567", "+49", "+49 30 abc", "+1234567890123456", "+49301234567\n+1"],
)
def test_what_nobody_could_dial_is_refused(typed):
    with pytest.raises(ValidationError, match="country code"):
        e164(typed)
