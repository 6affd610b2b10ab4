"""Sign-in attempts, counted in the database so that a restart forgives nothing (X-22)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import options, rates

PERIOD = timedelta(minutes=15)
PER_ADDRESS = 100
MAILS_PER_HOUR = 5


def may_try(email: str, address: str, *, now: datetime) -> bool:
    """Whether one more attempt on this account from this network address is allowed.

    Counted per account and address together, so that a stranger locks nobody out.
    """
    account_limit = options.value("accounts.sign_in_failures")
    return not (
        rates.is_over(_pair(email, address), limit=account_limit, per=PERIOD, now=now)
        or rates.is_over(_network(address), limit=PER_ADDRESS, per=PERIOD, now=now)
    )


def count_failure(email: str, address: str, *, now: datetime) -> None:
    """One wrong password more."""
    account_limit = options.value("accounts.sign_in_failures")
    rates.hit(_pair(email, address), limit=account_limit, per=PERIOD, now=now)
    rates.hit(_account(email), limit=account_limit, per=PERIOD, now=now)
    rates.hit(_network(address), limit=PER_ADDRESS, per=PERIOD, now=now)


def forgive(email: str, address: str = "") -> None:
    """After a success, or when staff unlocks the account from everywhere."""
    rates.reset(_account(email))
    if address:
        rates.reset(_pair(email, address))
    else:
        rates.reset_prefix(f"sign-in:{email.lower()}:")


def is_locked(email: str, *, now: datetime) -> bool:
    """Whether some network address is kept from this account now; the staff page shows it."""
    limit = options.value("accounts.sign_in_failures")
    return rates.is_over(_account(email), limit=limit, per=PERIOD, now=now)


def may_mail(email: str, *, now: datetime) -> bool:
    """Whether one more account mail to this address is sent; the page never tells (X-21)."""
    return rates.hit(
        f"account-mail:{email.lower()}", limit=MAILS_PER_HOUR, per=timedelta(hours=1), now=now
    )


def _pair(email: str, address: str) -> str:
    return f"sign-in:{email.lower()}:{address}"


def _account(email: str) -> str:
    return f"sign-in-account:{email.lower()}"


def _network(address: str) -> str:
    return f"sign-in-network:{address}"
