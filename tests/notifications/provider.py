"""An outside service over real HTTP whose answers a test decides; remembers what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Taken:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Service:
    """`answers` are given in turn, then 200 {"ok": true}.

    An answer is a status, a pair of status and body, or a triple with headers; "cut" hangs up
    after the request was taken, "mute" says nothing for a while.
    """

    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)

    def next_answer(self) -> Any:
        return self.answers.popleft() if self.answers else 200


class Visit(BaseHTTPRequestHandler):
    """One connection; the service hangs on the server."""

    server: ServiceServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        taken = Taken(self.command, self.path, dict(self.headers), self.rfile.read(length))
        self.server.service.taken.append(taken)
        answer = self.server.service.next_answer()
        if answer == "cut":
            self.connection.close()
        elif answer == "mute":
            time.sleep(1.5)
        else:
            self.say(*(answer if isinstance(answer, tuple) else (answer,)))

    def do_GET(self) -> None:
        self.do_POST()

    def say(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        content = json.dumps({"ok": True} if body is None else body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        return None


class ServiceServer(ThreadingHTTPServer):
    """The service on a port of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.service = Service(url=f"http://127.0.0.1:{self.server_port}")
        threading.Thread(target=self.serve_forever, daemon=True).start()
