"""What a newcomer may say on the command line."""

import socket
from collections.abc import Iterator

import pytest

from helpdesk.embedded.options import PortTaken, read_choices, require_free_port
from helpdesk.embedded.runtime import shows_demo


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_taken_port_is_named_and_another_offered(taken_port: int) -> None:
    choices = read_choices(["--port", str(taken_port)])
    with pytest.raises(PortTaken) as refusal:
        require_free_port(choices, patience=0)
    assert f"Port {taken_port} is taken" in str(refusal.value)
    offered = int(str(refusal.value).split("--port ")[1])
    require_free_port(read_choices(["--port", str(offered)]), patience=0)


def test_address_follows_the_port_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    assert read_choices(["--port", "8123"]).site_url == "http://localhost:8123"
    monkeypatch.setenv("SITE_URL", "https://help.example.com")
    assert read_choices([]).site_url == "https://help.example.com"


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, True),
        ({"DEMO": "0"}, False),
        ({"DATABASE_URL": "postgres:///mine"}, False),
        ({"DATABASE_URL": "postgres:///mine", "DEMO": "1"}, True),
    ],
)
def test_demo_company_never_enters_a_database_unasked(
    environment: dict[str, str], *, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DEMO", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert shows_demo() is shown
