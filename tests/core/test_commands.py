"""verify and wiring."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import files, options, wiring
from core.models import Option
from core.options import OptionSpec
from core.registries import Finding, referenced_digests, verify_checks

pytestmark = pytest.mark.django_db
DAYS = OptionSpec("verify.days", "int", 5, "Days", maximum=9)


def verify(*arguments: str) -> str:
    said = StringIO()
    call_command("verify", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def only_core(monkeypatch: pytest.MonkeyPatch) -> dict:
    """Core's own checks, and a place to put others."""
    own = {key: check for key, check in verify_checks if key.startswith("core.")}
    monkeypatch.setattr(verify_checks, "_entries", own)
    monkeypatch.setattr(referenced_digests, "_entries", {})
    return own


def test_a_sound_house_has_one_line_a_check(only_core: dict) -> None:
    assert verify() == "core.files: ok\ncore.options: ok\n"


def test_missing_and_altered_files_are_found(only_core: dict, monkeypatch) -> None:
    stored = files.put(b"whole")
    files.path_of(stored.sha256).write_bytes(b"half")
    in_use = iter([stored.sha256, "0" * 64])
    monkeypatch.setattr(referenced_digests, "_entries", {"test": lambda: in_use})
    with pytest.raises(CommandError, match="2 findings"):
        verify()


def test_repair_mends_what_can_be_mended(only_core: dict, monkeypatch) -> None:
    monkeypatch.setitem(options._specs, "verify.days", DAYS)
    Option.objects.create(key="verify.days", value=99)
    with pytest.raises(CommandError):
        verify()
    assert "1 findings, 1 repaired" in verify("--repair")
    assert verify("--only", "core.options") == "core.options: ok\n"


def test_a_long_list_is_cut(only_core: dict) -> None:
    only_core["test.many"] = lambda *, repair: [
        Finding(f"row {n}", repaired=True) for n in range(30)
    ]
    said = verify()
    assert "row 9" in said
    assert "row 10\n" not in said
    assert "and 20 more" in said


def test_an_unknown_check_is_named() -> None:
    with pytest.raises(CommandError, match="There is no check x"):
        verify("--only", "x")


def test_the_wiring_lists_events_registries_and_options() -> None:
    said = StringIO()
    call_command("wiring", stdout=said)
    for words in (
        "## Events",
        "## nav",
        "`core.audit_log`",
        "## sweeps",
        "`core.jobs`",
        "## options",
    ):
        assert words in said.getvalue()


def test_the_wiring_is_written_where_the_documents_are(settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    call_command("wiring", "--write", stdout=StringIO())
    assert (tmp_path / "docs" / "wiring.md").read_text() == wiring.document()
