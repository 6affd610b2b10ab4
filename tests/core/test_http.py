"""The way out refuses what lies inside (X-40)."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core import http
from core.http import FetchFailed, FetchRefused, fetch, is_public


class Site(BaseHTTPRequestHandler):
    """A small site with odd habits; remembers what it was sent."""

    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        self.seen.append((self.command, self.path, dict(self.headers), sent))
        getattr(
            self, "answer_" + self.path.strip("/").split("?")[0].split("/")[0], self.answer_ok
        )()

    def do_POST(self) -> None:
        self.do_GET()

    def answer_ok(self) -> None:
        self.say(200, b"hello")

    def answer_big(self) -> None:
        self.say(200, b"x" * 2_000_000)

    def answer_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _drop in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def answer_mute(self) -> None:
        time.sleep(5)

    def answer_to(self) -> None:
        self.say(302, b"", Location=self.path.partition("?")[2])

    def answer_same(self) -> None:
        self.say(307, b"", Location="/ok")

    def answer_round(self) -> None:
        self.say(302, b"", Location="/round")

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def site(server: ThreadingHTTPServer, settings) -> str:
    """The address of the site, let through by HTTP_ALLOW."""
    Site.seen.clear()
    settings.HTTP_ALLOW = [f"127.0.0.1:{server.server_port}"]
    return f"http://127.0.0.1:{server.server_port}"


def test_an_allowed_host_is_reached(site: str) -> None:
    answer = fetch("POST", f"{site}/ok?a=1", headers={"X-A": "b"}, content=b"body")
    assert (answer.status, answer.body, answer.is_success) == (200, b"hello", True)
    method, path, headers, body = Site.seen[0]
    assert (method, path, headers["X-A"], body) == ("POST", "/ok?a=1", "b", b"body")


def test_without_the_allowance_the_same_host_is_refused(site: str, settings) -> None:
    settings.HTTP_ALLOW = []
    with pytest.raises(FetchRefused):
        fetch("GET", site, ports=(int(site.rpartition(":")[2]),))
    assert Site.seen == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]", "0.0.0.0",  # noqa: S104 - asked for, not bound
        "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "2130706433",
        "0x7f000001", "0177.0.0.1", "127.1", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "[::]", "198.18.0.1",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused_however_they_are_written(host: str, monkeypatch) -> None:
    connected: list[str] = []
    monkeypatch.setattr(
        http.httpcore.SyncBackend, "connect_tcp", lambda _self, host, *_a: connected.append(host)
    )
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch("GET", f"http://{host}/", timeout=2)
    assert connected == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org",
        "http://", "http://user:pass@example.org/", "http://example.org:22/",
        "https://example.org:8443/", "http://example.org:99999/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_odd_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch("GET", url)


def test_a_name_that_changes_its_mind_is_judged_once(site: str, monkeypatch) -> None:
    port = int(site.rpartition(":")[2])
    asked: list[str] = []

    def resolve(host: str, wanted: int, **_kind: object) -> list[tuple]:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, wanted))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    connected: list[str] = []

    def connect(self: object, host: str, *args: object, **kwargs: object) -> None:
        connected.append(host)
        raise http.httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(http.httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(FetchFailed):
        fetch("GET", f"http://rebind.example:{port}/", ports=(port,))
    assert (asked, connected) == (["rebind.example"], ["93.184.215.14"])


def test_one_private_address_among_public_ones_spoils_them_all(monkeypatch) -> None:
    answers = [("93.184.215.14", 80), ("10.0.0.1", 80)]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_a, **_k: [(2, 1, 6, "", address) for address in answers],
    )
    with pytest.raises(FetchRefused):
        fetch("GET", "http://mixed.example/")


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://127.0.0.1/", "file:///etc/passwd"])
def test_a_redirect_into_the_house_is_refused(site: str, target: str) -> None:
    with pytest.raises(FetchRefused):
        fetch("GET", f"{site}/to?{target}")


def test_a_redirect_is_followed_with_get_and_without_secrets(site: str, settings) -> None:
    port = int(site.rpartition(":")[2])
    settings.HTTP_ALLOW = [f"127.0.0.1:{port}", f"localhost:{port}"]
    secrets = {"Authorization": "Bearer x", "X-Api-Key": "y", "X-Plain": "z"}
    fetch("POST", f"{site}/to?http://localhost:{port}/ok", headers=secrets, content=b"body")
    method, _path, headers, body = Site.seen[-1]
    assert (method, body, headers["X-Plain"]) == ("GET", b"", "z")
    assert "Authorization" not in headers
    assert "X-Api-Key" not in headers


def test_a_307_keeps_method_and_body(site: str) -> None:
    fetch("POST", f"{site}/same", content=b"body", headers={"Authorization": "x"})
    method, path, headers, body = Site.seen[-1]
    assert (method, path, body, headers["Authorization"]) == ("POST", "/ok", b"body", "x")


def test_a_circle_ends(site: str) -> None:
    with pytest.raises(FetchFailed, match="redirects"):
        fetch("GET", f"{site}/round")
    assert len(Site.seen) == 4


def test_too_much_is_not_read(site: str) -> None:
    with pytest.raises(FetchFailed, match="more than 1000000"):
        fetch("GET", f"{site}/big")
    assert len(fetch("GET", f"{site}/big", max_bytes=3_000_000).body) == 2_000_000


@pytest.mark.parametrize("page", ["slow", "mute"])
def test_the_time_limit_holds_for_the_whole_answer(site: str, page: str) -> None:
    began = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch("GET", f"{site}/{page}", timeout=0.5)
    assert time.monotonic() - began < 3  # both pages take five seconds


def test_nobody_there_is_a_failure_and_no_crash(settings) -> None:
    settings.HTTP_ALLOW = ["127.0.0.1:1"]
    with pytest.raises(FetchFailed):
        fetch("GET", "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.215.14", True), ("2606:2800:21f::1", True), ("::ffff:8.8.8.8", True),
     ("64:ff9b::808:808", True), ("64:ff9b::a00:1", False), ("::ffff:10.0.0.1", False)],
)  # fmt: skip
def test_public_addresses_are_told_from_hidden_private_ones(address: str, public: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_public(ipaddress.ip_address(address)) is public
