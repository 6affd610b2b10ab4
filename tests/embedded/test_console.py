"""The terminal shows words, not JSON."""

import pytest

from helpdesk.embedded.console import Console, readable


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('{"levelname": "ERROR", "name": "mail", "message": "refused"}', "ERROR mail: refused"),
        ('{"message": "bare"}', "bare"),
        ('{"message": "x", "levelname": "E", "name": "n", "exc_info": "T"}', "E n: x\nT"),
        ('{"other": 1}', '{"other": 1}'),
        ("{not json", "{not json"),
        ("plain", "plain"),
    ],
)
def test_log_lines_become_readable(said: str, shown: str) -> None:
    assert readable(said) == shown


def test_each_line_stands_under_its_program(capsys: pytest.CaptureFixture[str]) -> None:
    Console().line("web", "hello")
    assert capsys.readouterr().out == "web      | hello\n"
