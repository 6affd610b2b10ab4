"""Logs: one JSON object a line, with the request and without tokens (X-20)."""

from __future__ import annotations

import json
import logging

import pytest

from core.logs import JsonFormatter, RequestIdFilter, remember_request, without_tokens


def line(message: str, *args: object, **extra: object) -> dict:
    record = logging.LogRecord("test", logging.WARNING, "x.py", 1, message, args, None)
    record.__dict__.update(extra)
    RequestIdFilter().filter(record)
    formatter = JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s")
    return json.loads(formatter.format(record))


def test_a_line_is_json_and_names_its_request() -> None:
    remember_request(request_id="abc")
    found = line("mail %s came", 7)
    assert (found["message"], found["request_id"], found["levelname"]) == (
        "mail 7 came",
        "abc",
        "WARNING",
    )


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Not Found: /t/q1w2e3r4t5y6u7i8o9p0a1s2", "Not Found: /t/•••"),
        ("/authentication/invite/abcdefghijklmnopqrstuv/x", "/authentication/invite/•••/x"),
        ("GET /x?token=abc&page=2", "GET /x?token=•••&page=2"),
        ("GET /admin/tickets/ticket/1042", "GET /admin/tickets/ticket/1042"),
    ],
)
def test_tokens_in_addresses_are_blanked(text: str, clean: str) -> None:
    assert without_tokens(text) == clean
    assert line(text)["message"] == clean


def test_the_request_itself_is_not_written_out() -> None:
    assert "request" not in line("x", request=object(), status_code=404)
