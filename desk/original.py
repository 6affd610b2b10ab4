"""A mail as it came: its headers, its own dress in a sandbox, its raw bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote

from django.http import Http404

from core.files import FileMissing, open_compressed
from core.sanitiser import linkify, sanitise_frame
from desk.links import message_url, ticket_url
from mailpipe.models import InboundMail
from mailpipe.parsing.reader import parse
from tickets.models import Message
from tickets.signing import signed_path

# Larger mails are shown by what the intake kept of them: a page is no place to parse 25 MB.
MAX_PARSED = 4 * 1024 * 1024
_FRAME = (
    '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light">'
    "<style>body{{font:15px/1.5 system-ui,sans-serif;margin:16px;overflow-wrap:anywhere}}"
    "img{{max-width:100%;height:auto}}</style>{body}"
)
_CID = re.compile(r"""cid:([^"'\s>)]{1,255})""", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Original:
    """The page of an original mail; without permission there are no headers and no download."""

    number: str
    ticket_url: str
    author: str
    frame_url: str
    download_url: str
    headers: list[tuple[str, str]]


def original_of(message: Message, *, with_headers: bool) -> Original:
    """What the page of the original shows; who may inspect mail sees its headers too."""
    at = {"number": message.ticket.number, "pk": message.pk}
    raw = _stored(message) if with_headers else None
    return Original(
        number=f"#{message.ticket.number}",
        ticket_url=f"{ticket_url(message.ticket.number)}#message-{message.pk}",
        author=message.author_name or message.author_email,
        frame_url=message_url(part="frame", **at),
        download_url=message_url(part="download", **at) if raw is not None else "",
        headers=_headers(raw) if raw is not None else [],
    )


def frame_html(message: Message) -> str:
    """The body for the frame: from the raw mail while it is kept, else as it was cleaned."""
    raw = _stored(message)
    html = parse(raw).html if raw is not None else None
    if html is None:
        html = message.html + message.quoted_html or str(linkify(message.text))
    paths = {row.content_id: signed_path(row, "frame") for row in message.attachments.all()}
    dressed = _CID.sub(lambda hit: paths.get(unquote(hit[1]), hit[0]), html)
    return _FRAME.format(body=sanitise_frame(dressed))


def raw_bytes(message: Message) -> BinaryIO:
    """The raw mail, for download. Raises Http404 when there is none, or it is gone."""
    try:
        return open_compressed(_ledger_entry(message).stored_as)
    except (InboundMail.DoesNotExist, FileMissing) as missing:
        raise Http404 from missing


def _stored(message: Message) -> bytes | None:
    """The raw mail if it is kept and of a size to look into."""
    try:
        with open_compressed(_ledger_entry(message).stored_as) as file:
            raw = file.read(MAX_PARSED + 1)
    except (InboundMail.DoesNotExist, FileMissing):
        return None
    return raw if len(raw) <= MAX_PARSED else None


def _ledger_entry(message: Message) -> InboundMail:
    return InboundMail.objects.get(message=message, raw_deleted_at=None)


def _headers(raw: bytes) -> list[tuple[str, str]]:
    return [
        (name.title(), value) for name, values in parse(raw).headers.items() for value in values
    ]
