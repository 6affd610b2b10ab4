"""What tells programs from people on the contact form: a hidden field and the time it took."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing

FASTEST = timedelta(seconds=3)
LONGEST = timedelta(hours=24)
_SALT = "portal.form"


def stamp(*, now: datetime) -> str:
    """When the form was shown, signed."""
    return signing.dumps(int(now.timestamp()), salt=_SALT)


def is_genuine(stamp: str, *, now: datetime) -> bool:
    """Whether the stamp is ours and from today."""
    age = _age(stamp, now)
    return age is not None and timedelta(0) <= age <= LONGEST


def is_hasty(stamp: str, *, now: datetime) -> bool:
    """Whether a genuine stamp came back faster than anybody types."""
    age = _age(stamp, now)
    return age is not None and age < FASTEST


def _age(stamp: str, now: datetime) -> timedelta | None:
    try:
        seconds = signing.loads(stamp, salt=_SALT)
    except signing.BadSignature:
        return None
    if not isinstance(seconds, int):
        return None
    return timedelta(seconds=int(now.timestamp()) - seconds)
