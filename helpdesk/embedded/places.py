"""Where the embedded runtime keeps its files."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .leash import NOBODY, Identity

ROOT = Path(__file__).resolve().parents[2]
# sun_path holds 108 bytes with its closing NUL; Valkey and PostgreSQL add a lock's suffix.
SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


class PlaceRefused(Exception):
    """A folder cannot be used, and the message says why."""


@dataclass(frozen=True)
class Places:
    var: Path

    @classmethod
    def from_environment(cls) -> "Places":
        return cls(Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve())

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets.env"

    @property
    def lock(self) -> Path:
        return self.var / "up.lock"

    @property
    def running(self) -> Path:
        return self.var / "running.env"

    def stamp(self, name: str) -> Path:
        return self.var / f"{name}.done"

    def prepare(self) -> None:
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)

    def sockets(self) -> Path:
        return socket_folder(self.var / "run")


def socket_folder(wanted: Path) -> Path:
    """The wanted folder, or a short one of ours where its path is too long for a Unix socket."""
    folder = wanted.absolute()
    if len(os.fsencode(folder / LONGEST_SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"helpdesk-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_own(folder)
    return folder


def admit(identity: Identity, folder: Path) -> None:
    """Make a folder of an engine, owned and reachable by the user it runs as."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if identity.user is None:
        return
    closed = [p for p in folder.absolute().parents if not p.stat().st_mode & stat.S_IXOTH]
    for parent in closed:
        if parent != folder.parent:
            raise PlaceRefused(
                f"Only root can enter {parent}, and PostgreSQL does not run as root. "
                "Start as another user, or set VAR_DIR to a folder outside of it."
            )
        parent.chmod(0o711)
    identity.own(folder)


def _require_own(folder: Path) -> None:
    """Someone else may have made the short folder first, to read our sockets."""
    found = folder.lstat()
    ours = {os.geteuid(), NOBODY} if os.geteuid() == 0 else {os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise PlaceRefused(f"{folder} belongs to someone else; set VAR_DIR to a shorter path.")
    folder.chmod(0o700)
