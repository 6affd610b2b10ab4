"""Phone numbers as text messages and calls need them: E.164."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# ITU-T E.164: a plus sign and at most 15 digits, the first of them no zero.
E164 = r"^\+[1-9][0-9]{6,14}$"
_PUNCTUATION = re.compile(r"[\s().\/\-\u2010-\u2013]")
_ABROAD = re.compile(r"^00(?=[1-9])")


def e164(text: str) -> str:
    """The number without what people put between digits; empty stays empty.

    Raises ValidationError for anything that is no international number.
    """
    number = _ABROAD.sub("+", _PUNCTUATION.sub("", text.replace("(0)", "")))
    if number and not re.match(E164, number):
        raise ValidationError(
            _("Write the number with its country code, such as +49 30 1234567."), code="phone"
        )
    return number
