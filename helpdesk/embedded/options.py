"""What a newcomer may say on the command line of bin/up and bin/dev."""

import argparse
import os
import socket
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

DEFAULT_PORT = 8000
PORTS_TRIED = 50


class PortTaken(Exception):
    """The port is taken, and the message offers another."""


@dataclass(frozen=True)
class Choices:
    port: int
    host: str
    is_dev: bool

    @property
    def site_url(self) -> str:
        return os.environ.get("SITE_URL") or f"http://localhost:{self.port}"


def read_choices(arguments: Sequence[str]) -> Choices:
    parser = argparse.ArgumentParser(
        prog="bin/up", description="Start the whole help desk; Ctrl-C stops it."
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or DEFAULT_PORT))
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--dev", action="store_true", help="debug pages, restart on changed code")
    parser.add_argument("--postgres", metavar="DIR", help="folder of another PostgreSQL's programs")
    given = parser.parse_args(arguments)
    if given.postgres:
        os.environ["POSTGRES_BIN"] = given.postgres
    return Choices(port=given.port, host=given.host, is_dev=given.dev)


def require_free_port(choices: Choices, *, patience: float) -> None:
    """Patience is for the web server of a killed predecessor, which is just stopping."""
    deadline = time.monotonic() + patience
    while not _is_free(choices.host, choices.port):
        if time.monotonic() >= deadline:
            raise PortTaken(_offer(choices))
        time.sleep(0.1)


def _offer(choices: Choices) -> str:
    beyond = range(choices.port + 1, choices.port + PORTS_TRIED)
    other = next((port for port in beyond if _is_free(choices.host, port)), choices.port + 1)
    command = "bin/dev" if choices.is_dev else "bin/up"
    return (
        f"Port {choices.port} is taken by another program. Free it, or use another port:\n"
        f"    {command} --port {other}"
    )


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with suppress(OSError), closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return True
    return False
