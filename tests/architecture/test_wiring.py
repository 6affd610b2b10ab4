"""Who reacts to what stands in docs/wiring.md, and stands there truly (ARCHITECTURE 3)."""

from io import StringIO

from django.core.management import call_command

from tests.architecture.tree import ROOT


def test_wiring_is_written_down() -> None:
    printed = StringIO()
    call_command("wiring", stdout=printed)
    written = (ROOT / "docs" / "wiring.md").read_text(encoding="utf-8")
    assert written.strip() == printed.getvalue().strip(), "run manage.py wiring --write"
