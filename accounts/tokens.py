"""One-time tokens: random, kept as hashes, compared by exact length (X-20)."""

from __future__ import annotations

import hashlib
import secrets

LENGTH = 43


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps; an ill-formed token digests to nothing that is kept."""
    return hashlib.sha256(token.encode()).hexdigest() if len(token) == LENGTH else ""
