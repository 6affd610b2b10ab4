"""From raw bytes to everything that can be said about a mail without the database."""

from __future__ import annotations

from django.conf import settings

from mailpipe.authentication import verdict
from mailpipe.automatic import assess
from mailpipe.bounces import read_bounce
from mailpipe.parsing import parse
from mailpipe.recogniser.case import Mail


def read_mail(raw: bytes, *, envelope_sender: str) -> Mail:
    """Parse and assess; never raises for what a stranger wrote."""
    parsed = parse(raw)
    return Mail(
        parsed=parsed,
        automatic=assess(parsed, envelope_sender),
        bounce=read_bounce(parsed, envelope_sender),
        verdict=verdict(
            parsed.headers.get("authentication-results", []), settings.MAIL_AUTHSERV_ID
        ),
    )
