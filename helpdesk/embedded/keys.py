"""The secrets of an installation: made on the first start, kept in a file only its owner reads.

`python3 -m helpdesk.embedded.keys .env` makes those of docker-compose.yml; it needs no packages.
"""

import os
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path


def _field_key() -> str:
    """The 32 bytes, URL-safe base64, that Fernet asks for."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


MAKERS: Mapping[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "MAIL_TOKEN_KEYS": lambda: secrets.token_urlsafe(32),
    "FIELD_KEYS": _field_key,
}


# A deployment by containers has servers of its own, with passwords.
DEPLOYMENT_MAKERS: Mapping[str, Callable[[], str]] = {
    **MAKERS,
    "POSTGRES_PASSWORD": lambda: secrets.token_hex(24),
    "VALKEY_PASSWORD": lambda: secrets.token_hex(24),
}


def kept_secrets(path: Path, *, makers: Mapping[str, Callable[[], str]] = MAKERS) -> dict[str, str]:
    """Read the file, adding what it lacks; a key that was once used is never replaced."""
    known = _read(path)
    missing = [name for name in makers if name not in known]
    if missing:
        known |= {name: makers[name]() for name in missing}
        _write(path, known)
    return known


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _write(path: Path, values: Mapping[str, str]) -> None:
    """Whole or not at all: a torn key file would lock every stored secret away."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


if __name__ == "__main__":
    kept_secrets(Path(sys.argv[1]), makers=DEPLOYMENT_MAKERS)
