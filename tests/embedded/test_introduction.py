"""The first words a newcomer reads are true and can be copied."""

from pathlib import Path

from helpdesk.embedded import introduction
from helpdesk.embedded.options import read_choices
from helpdesk.embedded.places import ROOT, Places


def test_sign_ins_stand_in_columns() -> None:
    lines = ["manager\tmax@company.com\tsecret", "agent\tada.lovelace@company.com\tsecret"]
    told = introduction.sign_ins(read_choices(["--port", "8123"]), lines)
    assert told[0].endswith("http://localhost:8123/authentication/login as")
    assert [line.index("secret") for line in told[1:]] == [38, 38]


def test_pipe_command_names_the_spool_that_is_drained(tmp_path: Path) -> None:
    elsewhere = introduction.pipe_command(Places(tmp_path))
    assert f"MAIL_SPOOL={tmp_path}/spool " in elsewhere
    assert "MAIL_SPOOL" not in introduction.pipe_command(Places(ROOT / "var"))


def test_introduction_says_where_everything_is(tmp_path: Path) -> None:
    text = introduction.text(
        read_choices(["--port", "8123"]), Places(tmp_path), seconds=3.6, people=["someone"]
    )
    for part in ("4 seconds", "http://localhost:8123/admin/mail/outbox", "  someone", "Ctrl-C"):
        assert part in text
