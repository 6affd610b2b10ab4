"""`mailpipe --dry-run` says what would happen, and nothing happens (mail.md)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from mailpipe.models import InboundMail, MessageIdentifier, OutgoingMail
from tests.factories import make_customer, make_ticket
from tests.mailpipe.letters import letter, receive
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
KEYS = {
    "outcome", "reason", "department", "ticket", "from", "from_name", "reply_to", "to", "cc",
    "followers", "subject", "text", "html", "attachments", "automatic", "bounce", "auth",
    "priority", "service", "trace",
}  # fmt: skip


def decide(tmp_path: Path, *raws: bytes, **options: str) -> list[dict[str, Any]]:
    names = []
    for number, raw in enumerate(raws):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(raw)
        names.append(str(path))
    out = io.StringIO()
    call_command("mailpipe", "--dry-run", "--file", *names, stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_it_tells_the_decision_as_one_object_a_line(technical, tmp_path):
    raw = letter("The grinder is stuck.", Cc="Chef <chef@harbour.example>", Subject="Mühle")
    first, second = decide(tmp_path, raw, letter("x", From=""))
    assert set(first) == set(second) == KEYS
    assert first["outcome"] == "ticket"
    assert (first["department"], first["from"], first["from_name"]) == (
        "technical",
        "cleo@harbour.example",
        "Cleo",
    )
    assert (first["subject"], first["text"].strip()) == ("Mühle", "The grinder is stuck.")
    assert (first["to"], first["cc"], first["followers"]) == (
        ["tech@company.example"],
        ["chef@harbour.example"],
        ["chef@harbour.example"],
    )
    assert first["auth"] == {"spf": "none", "dkim": "none", "dmarc": "none"}
    assert first["priority"] == "medium"
    assert (second["outcome"], second["ticket"]) == ("quarantined", None)
    assert {"step", "text"} == set(first["trace"][0])


def test_nothing_is_written(technical, tmp_path, settings):
    raw = letter(
        '--b\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nabc\r\n--b--\r\n',
        Content_Type='multipart/mixed; boundary="b"',
    )
    decision = decide(tmp_path, raw)[0]
    assert decision["attachments"] == [
        {"filename": "a.txt", "content_type": "text/plain", "size": 3, "inline": False}
    ]
    for model in (Ticket, InboundMail, OutgoingMail, MessageIdentifier):
        assert not model.objects.exists()
    assert not Path(settings.FILES_DIR).exists()


def test_it_knows_replies_duplicates_and_spam(technical, cleo, tmp_path):
    ticket = make_ticket(cleo, technical)
    receive(Message_ID="<one@x.example>")
    tagged, again = decide(
        tmp_path,
        letter(Subject=f"[Ticket ID: {ticket.number}]"),
        letter(Message_ID="<one@x.example>"),
    )
    assert (tagged["outcome"], tagged["ticket"]) == ("reply", ticket.number)
    assert again["outcome"] == "duplicate"
    spam = letter(X_Spam_Flag="YES", From="x@y.example")
    assert decide(tmp_path, spam)[0]["outcome"] == "quarantined"


def test_recipient_of_the_envelope_counts(technical, billing, tmp_path):
    decision = decide(tmp_path, letter(), recipient="billing@company.example")[0]
    assert decision["department"] == "billing"


def test_flags_of_programs_are_told(technical, tmp_path):
    decision = decide(tmp_path, letter(Auto_Submitted="auto-replied"))[0]
    assert (decision["automatic"], decision["bounce"]) == (True, False)


def test_html_is_told_harmless(technical, tmp_path):
    raw = letter("<p onclick=x>Hi</p>", Content_Type="text/html")
    assert decide(tmp_path, raw)[0]["html"].strip() == "<p>Hi</p>"
    assert decide(tmp_path, letter())[0]["html"] is None


def test_error_of_ours_hides_no_other_decision(technical, tmp_path, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("unreadable")

    monkeypatch.setattr("mailpipe.actions.intake.open_from_mail", broken)
    failed, held = decide(tmp_path, letter(), letter("x", From=""))
    assert (failed["outcome"], set(failed)) == ("failed", KEYS)
    assert held["outcome"] == "quarantined"


def test_files_are_taken_in_without_dry_run(technical, tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(letter())
    call_command("mailpipe", "--file", str(path), stdout=io.StringIO())
    assert Ticket.objects.count() == 1


def test_replay_command_settles_a_held_mail_again(technical):
    row = receive(X_Spam_Flag="YES")
    assert row.outcome == "quarantined"
    make_customer("Cleo", "cleo@harbour.example")
    out = io.StringIO()
    call_command("mailpipe", "--replay", str(row.pk), stdout=out)
    assert out.getvalue().startswith("ticket: new ticket")


def test_replay_of_a_ticket_is_refused(technical):
    row = receive()
    with pytest.raises(CommandError):
        call_command("mailpipe", "--replay", str(row.pk), stdout=io.StringIO())
