"""Structured logs: one JSON object a line, with the request's id and without tokens (X-20)."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

# Any long segment of an address may be a token; ordinary words are shorter.
_TOKEN_IN_PATH = re.compile(r"(?<=/)[A-Za-z0-9_:.=-]{20,}")
_TOKEN_IN_QUERY = re.compile(r"(?<=[?&])((?:token|key|code|signature|s)=)[^&\s]+", re.IGNORECASE)

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_address: ContextVar[str] = ContextVar("client_address", default="")


def current_request_id() -> str:
    """The id of the request or task at work; empty outside of one."""
    return _request_id.get()


def current_address() -> str:
    """The address of the client being answered; empty outside of a request."""
    return _address.get()


def remember_request(*, request_id: str | None = None, address: str | None = None) -> None:
    """Tie the following log lines and audit entries to a request."""
    if request_id is not None:
        _request_id.set(request_id)
    if address is not None:
        _address.set(address)


def without_tokens(text: str) -> str:
    """`text` with everything blanked that may be a secret in an address."""
    return _TOKEN_IN_QUERY.sub(r"\1•••", _TOKEN_IN_PATH.sub("•••", text))


class RequestIdFilter(logging.Filter):
    """Gives each record the id of its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line; messages lose their tokens before they are written."""

    def format(self, record: logging.LogRecord) -> str:
        record.msg, record.args = without_tokens(record.getMessage()), None
        for name in ("request", "status_code"):
            record.__dict__.pop(name, None)
        return str(super().format(record))
