"""Secrets at rest: Fernet with a ring of keys, the first one seals, all unseal (X-54)."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotUnseal(ValueError):
    """No key of the ring opens this; it was sealed with a key that is gone, or was altered."""


def seal(text: str) -> bytes:
    """`text` encrypted with the first key of the ring."""
    return _ring(_keys()).encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The text again. Raises CannotUnseal when no key fits."""
    try:
        return _ring(_keys()).decrypt(bytes(sealed)).decode()
    except InvalidToken as refusal:
        raise CannotUnseal from refusal


def fingerprint() -> str:
    """Names the ring without telling it, for backups."""
    return hashlib.sha256("|".join(("fingerprint", *_keys())).encode()).hexdigest()[:16]


def _keys() -> tuple[str, ...]:
    return tuple(settings.FIELD_KEYS) or (f"fields:{settings.SECRET_KEY}",)


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    """A key as given when it is a Fernet key, else one derived from it."""
    try:
        if len(base64.urlsafe_b64decode(key)) == 32:  # noqa: PLR2004 - the length of a Fernet key
            return key.encode()
    except ValueError:
        pass
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
