"""The embedded Valkey: wake-ups, cache and presence, nothing that must survive."""

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .binaries import valkey_binary
from .engine import CLEAN_ENVIRONMENT, Engine
from .leash import Identity, Program, unprivileged
from .places import admit


@dataclass(frozen=True)
class Valkey(Engine):
    data_dir: Path
    socket_dir: Path
    binary: Path = field(default_factory=valkey_binary)
    identity: Identity = field(default_factory=unprivileged)

    @property
    def socket(self) -> Path:
        return self.socket_dir / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def program(self) -> Program:
        # Nothing is kept: it carries wake-ups, cache and presence, PostgreSQL the truth.
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.data_dir),
            "--save": "",
            "--appendonly": "no",
            "--maxmemory": "256mb",
            "--maxmemory-policy": "volatile-lru",
            "--loglevel": "nothing",  # else each start warns about saving, which we never do
        }
        flat = [part for pair in options.items() for part in pair]
        return Program(
            name="valkey",
            command=(str(self.binary), *flat),
            env=CLEAN_ENVIRONMENT,
            identity=self.identity,
        )

    def prepare(self) -> None:
        for folder in (self.data_dir, self.socket_dir):
            admit(self.identity, folder)

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False
