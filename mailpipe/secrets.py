"""What a mail tells its reader alone: codes and links, sealed on the row until sent (X-20)."""

from __future__ import annotations

import json

from django.conf import settings

from core.sealing import seal, unseal
from mailpipe.models import OutgoingMail


def link_stand_in() -> str:
    """Stands in the stored text where the reader gets a link of his own."""
    return f"{settings.SITE_URL}/t/personal-link"


def seal_link(url: str) -> bytes:
    """The link as its row keeps it."""
    return seal(json.dumps({"link": url}))


def seal_body(text: str, html: str) -> bytes:
    """A whole body as its row keeps it."""
    return seal(json.dumps({"text": text, "html": html}))


def readable_body(row: OutgoingMail) -> tuple[str, str]:
    """Text and HTML as the recipient reads them. Raises CannotUnseal when the keys are gone.

    Once the mail is sent its secrets are forgotten: a body is empty then, a link leads to our door.
    """
    secrets = json.loads(unseal(row.sealed_body)) if row.sealed_body is not None else {}
    if row.kind == OutgoingMail.Kind.ACCOUNT:
        return secrets.get("text", ""), secrets.get("html", "")
    link, stand_in = secrets.get("link", settings.SITE_URL), link_stand_in()
    return row.text.replace(stand_in, link), row.html.replace(stand_in, link)
