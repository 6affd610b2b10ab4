"""Mails as programs, servers and strangers write them, each with what a careful reader sees."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailpipe.automatic import assess
from mailpipe.bounces import read_bounce
from mailpipe.parsing import ParsedMail, html_to_text, parse
from mailpipe.quoting import split_text
from mailpipe.quoting_html import split_html

CORPUS = Path(__file__).parent / "corpus"
MAILS = sorted(CORPUS.glob("*.eml"))
PLAIN = ("from_address", "from_name", "subject", "message_id", "in_reply_to", "importance",
         "language", "protection", "reduced", "empty")  # fmt: skip


def seen(mail: ParsedMail, asked: dict[str, Any]) -> dict[str, Any]:
    """What the expectation asks about, as the parser saw it."""
    found: dict[str, Any] = {name: getattr(mail, name) for name in PLAIN}
    verdict = assess(mail)
    found |= {
        "to": [each.email for each in mail.to],
        "cc": [each.email for each in mail.cc],
        "references": list(mail.references),
        "sent_at": mail.sent_at and mail.sent_at.isoformat(),
        "text": mail.text.strip(),
        "html": mail.html,
        "html_contains": asked.get("html_contains", "") in (mail.html or "")
        and asked.get("html_contains"),
        "visible": split_text(mail.text).visible.strip(),
        "html_visible": html_to_text(split_html(mail.html or "").visible),
        "attachments": [
            [part.filename, part.content_type, len(part.content), part.inline]
            for part in mail.attachments
        ],
        "kind": verdict.kind,
        "suppress": verdict.suppress_reply,
        "bounce": bounce_seen(mail, asked.get("bounce") or {}),
    }
    return {name: found[name] for name in asked}


def bounce_seen(mail: ParsedMail, asked: dict[str, Any]) -> dict[str, Any] | None:
    bounce = read_bounce(mail)
    if bounce is None:
        return None
    found = {
        "recipients": list(bounce.recipients),
        "status": bounce.status,
        "permanent": bounce.permanent,
        "message_id": bounce.message_id,
        "kind": bounce.kind,
    }
    return {name: found[name] for name in asked} if asked else found


@pytest.mark.parametrize("path", MAILS, ids=[path.stem for path in MAILS])
def test_mail_is_read_as_a_careful_reader_reads_it(path: Path) -> None:
    asked = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert seen(parse(path.read_bytes()), asked) == asked


def test_corpus_is_large_enough_to_mean_something() -> None:
    assert len(MAILS) >= 100
