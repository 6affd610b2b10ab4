"""Secrets at rest (X-54)."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from core.sealing import CannotUnseal, fingerprint, seal, unseal


def test_what_is_sealed_can_be_read_again() -> None:
    sealed = seal("Passwört")
    assert b"Pass" not in sealed
    assert unseal(sealed) == "Passwört"


def test_an_older_key_of_the_ring_still_opens(settings) -> None:
    old, new = Fernet.generate_key().decode(), "a plain phrase"
    settings.FIELD_KEYS = [old]
    sealed = seal("secret")
    settings.FIELD_KEYS = [new, old]
    assert unseal(memoryview(sealed)) == "secret"
    settings.FIELD_KEYS = [new]
    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_without_a_ring_the_secret_key_seals(settings) -> None:
    settings.FIELD_KEYS = []
    sealed = seal("x")
    settings.SECRET_KEY = "another"
    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_the_fingerprint_changes_with_the_ring_and_tells_no_key(settings) -> None:
    settings.FIELD_KEYS = ["one"]
    first = fingerprint()
    settings.FIELD_KEYS = ["two"]
    assert fingerprint() != first
    assert "two" not in fingerprint()
