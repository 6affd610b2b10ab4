"""Raw mails of the cast, and the shortest way to have one settled."""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid

from django.utils import timezone

from mailpipe.actions.intake import Envelope, take_in
from mailpipe.models import InboundMail


def letter(text: str = "The grinder is stuck.", **headers: str) -> bytes:
    """A plain mail; header names are written with underscores, None leaves one out."""
    fields = {
        "From": "Cleo <cleo@harbour.example>",
        "To": "tech@company.example",
        "Subject": "Grinder",
        "Message_ID": make_msgid(domain="harbour.example"),
        "Date": "Mon, 16 Nov 2026 10:00:00 +0100",
        "Content_Type": "text/plain; charset=utf-8",
    } | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    return ("\r\n".join(lines) + f"\r\n\r\n{text}\r\n").encode("utf-8", "surrogateescape")


def receive(
    raw: bytes | None = None,
    *,
    recipient: str = "tech@company.example",
    sender: str = "cleo@harbour.example",
    now: datetime | None = None,
    **headers: str,
) -> InboundMail:
    """Settle a mail at once."""
    now = now or timezone.now()
    envelope = Envelope(recipient=recipient, sender=sender, received_at=now)
    return take_in(raw or letter(**headers), envelope=envelope, now=now)


PASSED = "mx.company.example; spf=pass; dkim=pass; dmarc=pass header.from=harbour.example"
FORGED = "mx.company.example; spf=fail; dkim=none; dmarc=fail header.from=harbour.example"
