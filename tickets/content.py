"""What a message says, on its way into the database: cleaned once, when it comes in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, unquote

from core.files import StoredFile
from core.markdown import render_markdown
from core.sanitiser import SANITISER_VERSION, linkify, sanitise
from core.text import clean_text
from tickets.models import Attachment, Message, Ticket

_CID = re.compile(r"""cid:([^"'\s>)]{1,255})""", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A stored file about to be attached; `content_type` is the sniffed one (X-32)."""

    filename: str
    content_type: str
    stored: StoredFile
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Content:
    """Text as the author wrote it; `html` raw as it came, or empty."""

    text: str
    html: str = ""
    quoted_text: str = ""
    quoted_html: str = ""
    is_markdown: bool = False
    files: tuple[NewFile, ...] = ()
    language: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who the message is from, as it said so; flags follow trust.md X-01 and X-03."""

    name: str
    email: str = ""
    is_automatic: bool = False
    is_unverified: bool = False
    is_held: bool = False
    authentication: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipients:
    """Addresses a reply goes to."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        return self.to + self.cc + self.bcc


def fill_body(message: Message, content: Content) -> list[Attachment]:
    """Write the cleaned body into `message` and return its unsaved attachments.

    Inline images are rewritten from `cid:` to our address; unused ones are listed (mail.md 28).
    """
    attachments = _attachments(message.ticket, content.files)
    raw_html = content.html + content.quoted_html
    addresses = {row.content_id: attachment_path(row) for row in attachments if row.content_id}
    used = {unquote(name) for name in _CID.findall(raw_html)} & addresses.keys()
    for row in attachments:
        row.is_inline = row.content_id in used
    message.text = clean_text(content.text)
    message.html = _clean_html(content, message.text, addresses)
    message.quoted_text = clean_text(content.quoted_text)
    message.quoted_html = sanitise(_with_addresses(content.quoted_html, addresses))
    if message.quoted_text and not message.quoted_html:
        message.quoted_html = linkify(message.quoted_text)
    message.sanitiser_version = SANITISER_VERSION
    message.language = content.language[:16]
    message.sent_at = content.sent_at
    return attachments


def attachment_path(attachment: Attachment) -> str:
    """The address of a file; the name is decoration, the uuid decides."""
    return f"/attachments/{attachment.pk}/{quote(attachment.filename, safe='')}"


def _clean_html(content: Content, text: str, addresses: dict[str, str]) -> str:
    if content.html:
        return sanitise(_with_addresses(content.html, addresses))
    return render_markdown(text) if content.is_markdown else linkify(text)


def _with_addresses(html: str, addresses: dict[str, str]) -> str:
    return _CID.sub(lambda hit: addresses.get(unquote(hit[1]), hit[0]), html)


def _attachments(ticket: Ticket, files: tuple[NewFile, ...]) -> list[Attachment]:
    return [
        Attachment(
            ticket=ticket,
            sha256=new.stored.sha256,
            size=new.stored.size,
            filename=new.filename[:255],
            content_type=new.content_type,
            content_id=new.content_id[:255],
            is_inline=new.is_inline,
            position=position,
        )
        for position, new in enumerate(files)
    ]
