"""One-time tokens: random, kept as hashes, compared by exact length (X-20)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

LENGTH = 43


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps; an ill-formed token digests to nothing that is kept."""
    return hashlib.sha256(token.encode()).hexdigest() if len(token) == LENGTH else ""


class ResetKeys(PasswordResetTokenGenerator):
    """Keys of mailed links: dead after sign-in, a new password or address, or locking out."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"
