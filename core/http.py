"""The only way out by HTTP: refuses private addresses, also behind names and redirects (X-40)."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore
from django.conf import settings

MAX_REDIRECTS = 3
MAX_BYTES = 1_000_000
TIMEOUT_SECONDS = 5.0
PORTS = (80, 443)
REDIRECTS = frozenset([301, 302, 303, 307, 308])
KEEPS_METHOD = frozenset([307, 308])
# Sent to the first host only: a redirect must not carry them to another.
CREDENTIALS = frozenset(["authorization", "cookie", "proxy-authorization"])

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Headers = Mapping[str, str]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchRefused(ValueError):
    """The address is not one this process may talk to."""


class FetchFailed(OSError):
    """The other side could not be reached, was too slow, or answered too much."""


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case. The body is never shown to people."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110's class of success


def fetch(  # noqa: PLR0913 - a request has this many facts
    method: str,
    url: str,
    *,
    headers: Headers | None = None,
    content: bytes = b"",
    timeout: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
    ports: tuple[int, ...] = PORTS,
) -> Answer:
    """Send one request and read its answer, within `timeout` seconds in all.

    Raises FetchRefused for an address inside the network, an odd port or scheme; FetchFailed when
    it does not work out. Up to three redirects are followed, each judged like the first address.
    """
    deadline = time.monotonic() + timeout
    headers = dict(headers or {})
    for _hop in range(MAX_REDIRECTS + 1):
        parts = _checked(url, ports)
        answer = _exchange(method, parts, headers, content, _Budget(deadline, max_bytes))
        target = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not target:
            return answer
        if answer.status not in KEEPS_METHOD and method != "HEAD":
            method, content = "GET", b""
        onward = urljoin(url, target)
        if _origin(urlsplit(onward)) != _origin(parts):
            headers = {name: value for name, value in headers.items() if not _is_secret(name)}
        url = onward
    raise FetchFailed("too many redirects")


@dataclass(frozen=True)
class _Budget:
    """What one fetch may still use up."""

    deadline: float
    max_bytes: int

    def seconds(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise FetchFailed("too slow")
        return left


class _CheckedBackend(httpcore.NetworkBackend):
    """Resolves a name once and connects to the very address that was judged (DNS rebinding)."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolved(host, port, self._seconds)
        if not is_allowed(host, port):
            for address in addresses:
                if not is_public(address):
                    raise FetchRefused(f"{host} is not a public address")
        failure: Exception = FetchFailed(f"{host} has no address")
        for address in addresses[:2]:
            try:
                return self._plain.connect_tcp(str(address), port, timeout, local_address)
            except httpcore.ConnectError as refused:
                failure = refused
        raise failure


def is_public(address: Address) -> bool:
    """Whether an address lies on the open Internet, also when one hides inside another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_allowed(host: str, port: int) -> bool:
    """Whether the deployment lets this host through by HTTP_ALLOW."""
    return f"{host.lower().strip('[]')}:{port}" in {entry.lower() for entry in settings.HTTP_ALLOW}


def _checked(url: str, ports: tuple[int, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError as broken:
        raise FetchRefused("not an address") from broken
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchRefused("only http and https")
    if parts.username is not None or parts.password is not None:
        raise FetchRefused("no names and passwords in addresses")
    if port not in ports and not is_allowed(parts.hostname, port):
        raise FetchRefused(f"port {port} is not allowed")
    return parts


def _exchange(
    method: str, parts: SplitResult, headers: Headers, content: bytes, budget: _Budget
) -> Answer:
    seconds = budget.seconds()
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
    sent = [(b"Host", parts.netloc.encode("idna" if not parts.netloc.isascii() else "ascii"))]
    sent += [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    url = httpcore.URL(
        scheme=parts.scheme.encode(),
        host=(parts.hostname or "").encode("idna" if not parts.netloc.isascii() else "ascii"),
        port=_port(parts),
        target=_target(parts),
    )
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=_CheckedBackend(seconds)
            ) as pool,
            pool.stream(
                method, url, headers=sent, content=content, extensions={"timeout": timeouts}
            ) as response,
        ):
            return _read(response, budget)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as failure:
        raise FetchFailed(f"{type(failure).__name__}: {failure}") from failure
    except (UnicodeError, ssl.SSLError) as failure:
        raise FetchFailed(str(failure)) from failure


def _read(response: httpcore.Response, budget: _Budget) -> Answer:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_stream():
        size += len(chunk)
        if size > budget.max_bytes:
            raise FetchFailed(f"more than {budget.max_bytes} bytes")
        budget.seconds()
        chunks.append(chunk)
    found = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }
    return Answer(response.status, found, b"".join(chunks))


def _resolved(host: str, port: int, seconds: float) -> list[Address]:
    """All addresses of a name; a thread waits, as the resolver knows no time limit."""
    found: list[Address] = []

    def resolve() -> None:
        for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            found.append(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]))

    worker = threading.Thread(target=_silently(resolve), daemon=True)
    worker.start()
    worker.join(seconds)
    addresses = list(dict.fromkeys(found))
    if not addresses:
        raise FetchFailed(f"{host} has no address")
    return addresses


def _silently(resolve: Any) -> Any:
    def attempt() -> None:
        try:
            resolve()
        except (OSError, ValueError):
            return

    return attempt


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, _port(parts)


def _target(parts: SplitResult) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return target.encode("ascii", "ignore")


def _is_secret(name: str) -> bool:
    lowered = name.lower()
    return lowered in CREDENTIALS or "token" in lowered or "key" in lowered
