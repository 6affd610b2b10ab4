"""A private Valkey that tests may stop, continue and kill by its own process id."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

from helpdesk.embedded.binaries import valkey_binary


def _binary() -> str:
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or str(valkey_binary())


class PrivateRedis:
    """One server on a unix socket; the test owns the process."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(
            [_binary(), *options, "--dir", str(self.socket.parent)], stdout=subprocess.DEVNULL
        )
        for _attempt in range(100):
            try:
                redis.Redis(unix_socket_path=str(self.socket)).ping()
            except redis.RedisError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the private Redis does not answer")

    def kill(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)
