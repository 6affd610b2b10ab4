"""Sign-in attempts, counted in the database so that a restart forgives nothing (X-22)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from core import options, rates

PERIOD = timedelta(minutes=15)
PER_NETWORK_ADDRESS = 100
MAILS_PER_HOUR = 5
# Longer than any one-time code lives.
CODE_MEMORY = timedelta(minutes=5)

_PAIRS = "sign-in:"


def may_try(email: str, address: str, *, now: datetime) -> bool:
    """Whether one more attempt on this account from this network address is allowed.

    Counted per account and address together, so that a stranger locks nobody out.
    """
    return not (
        rates.is_over(_pair(email, address), limit=_failures(), per=PERIOD, now=now)
        or rates.is_over(_network(address), limit=PER_NETWORK_ADDRESS, per=PERIOD, now=now)
    )


def count_failure(email: str, address: str, *, now: datetime) -> None:
    """One wrong password more."""
    rates.hit(_pair(email, address), limit=_failures(), per=PERIOD, now=now)
    rates.hit(_network(address), limit=PER_NETWORK_ADDRESS, per=PERIOD, now=now)


def forgive(email: str, address: str) -> None:
    """A success forgives what was tried before on this account from this address."""
    rates.reset(_pair(email, address))


def unlock(email: str) -> None:
    """Staff forgives everything tried on this account, from wherever (R177)."""
    rates.reset_prefix(_pair(email, ""))


def locked_accounts(*, now: datetime) -> set[str]:
    """E-mails of accounts that some network address is kept from; the staff page shows them."""
    keys = rates.keys_over(_PAIRS, limit=_failures(), per=PERIOD, now=now)
    return {key.removeprefix(_PAIRS).partition("|")[0] for key in keys}


def may_mail(email: str, *, now: datetime) -> bool:
    """Whether one more account mail to this address is sent; the page never tells (X-21)."""
    return rates.hit(
        f"account-mail:{email.lower()}", limit=MAILS_PER_HOUR, per=timedelta(hours=1), now=now
    )


def may_try_code(user_id: int, *, now: datetime) -> bool:
    """Whether one more second factor may be tried; who gets here knows the password."""
    return not rates.is_over(_codes(user_id), limit=_failures(), per=PERIOD, now=now)


def count_wrong_code(user_id: int, *, now: datetime) -> None:
    """One wrong second factor more."""
    rates.hit(_codes(user_id), limit=_failures(), per=PERIOD, now=now)


def is_first_use(user_id: int, code: str, *, now: datetime) -> bool:
    """Whether this code was not used before; of two at once only one hears yes (X-27)."""
    digest = hashlib.sha256(code.encode()).hexdigest()[:32]
    return rates.hit(f"used-code:{user_id}:{digest}", limit=1, per=CODE_MEMORY, now=now)


def _failures() -> int:
    return int(options.value("accounts.sign_in_failures"))


def _pair(email: str, address: str) -> str:
    return f"{_PAIRS}{email.strip().lower()}|{address}"


def _network(address: str) -> str:
    return f"sign-in-network:{address}"


def _codes(user_id: int) -> str:
    return f"second-factor:{user_id}"
