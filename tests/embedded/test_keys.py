"""Secrets are made once and kept."""

from pathlib import Path

from cryptography.fernet import Fernet

from helpdesk.embedded.keys import kept_secrets


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    first = kept_secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_secrets(path) == first
    assert set(first) == {"SECRET_KEY", "MAIL_TOKEN_KEYS", "FIELD_KEYS"}
    assert len(first["SECRET_KEY"]) >= 50
    Fernet(first["FIELD_KEYS"])


def test_a_missing_key_is_added_beside_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("SECRET_KEY=old\n")
    assert kept_secrets(path)["SECRET_KEY"] == "old"
    assert kept_secrets(path) == kept_secrets(path)


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    one, other = kept_secrets(tmp_path / "a"), kept_secrets(tmp_path / "b")
    assert not set(one.values()) & set(other.values())
