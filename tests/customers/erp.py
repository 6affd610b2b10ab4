"""An ERPNext over real HTTP, as far as the connector asks it, with failures a test orders."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "key-0123456789:secret-abcdef"


@dataclass
class Erp:
    """Documents by kind; `failures` are given in turn before anything else is answered.

    A failure is a status, "garbage", "list" (no object), or "mute" (hangs up after a while).
    """

    url: str = ""
    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    failures: deque[Any] = field(default_factory=deque)
    repeats_pages: bool = False
    asked: list[str] = field(default_factory=list)

    def rows(self, doctype: str, query: dict[str, str]) -> list[dict[str, Any]]:
        [[column, operator, wanted]] = json.loads(query["filters"])
        values = wanted if operator == "in" else [wanted]
        found = [row for row in self.documents.get(doctype, []) if row.get(column) in values]
        start = 0 if self.repeats_pages else int(query["limit_start"])
        page = found[start : start + int(query["limit_page_length"])]
        return [{name: row.get(name) for name in json.loads(query["fields"])} for row in page]


class Visit(BaseHTTPRequestHandler):
    """One request; the system hangs on the server."""

    server: ErpServer

    def do_GET(self) -> None:
        erp, parts = self.server.erp, urlsplit(self.path)
        erp.asked.append(self.path)
        failure = erp.failures.popleft() if erp.failures else None
        if failure is not None:
            self.fail(failure)
        elif self.headers.get("Authorization") != f"token {TOKEN}":
            self.say(401, b"{}")
        elif parts.path.endswith("get_logged_user"):
            self.say(200, b'{"message": "help@erp.example"}')
        else:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            doctype = unquote(parts.path.rpartition("/")[2])
            self.say(200, json.dumps({"data": erp.rows(doctype, query)}).encode())

    def fail(self, failure: Any) -> None:
        if failure == "mute":
            time.sleep(0.2)
        elif failure in ("garbage", "list"):
            self.say(200, b"<html>" if failure == "garbage" else b"[]")
        else:
            self.say(failure, b"{}")

    def say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        return None


class ErpServer(ThreadingHTTPServer):
    """The system on a port of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.erp = Erp(url=f"http://127.0.0.1:{self.server_port}")
        threading.Thread(target=self.serve_forever, daemon=True).start()
