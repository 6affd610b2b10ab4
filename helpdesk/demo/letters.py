"""Raw mails as the customers' mail programs write them."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape

from helpdesk.demo.company import CustomerPlan
from helpdesk.demo.papers import DOCX, PDF, TYPES, paper

PLAIN, HTML, LATIN, PICTURE = range(4)
NAMES = {PDF: "statement", DOCX: "protocol"}
PRINT = {
    PDF: ("Paid by bank transfer, IBAN ending in 4471", "Cost centre: Coffee and kitchen"),
    DOCX: ("Water pressure: 2.8 bar", "Hardness: 14 degrees", "Filter: changed in spring"),
}


@dataclass(frozen=True)
class Letter:
    """What a customer sends, and in answer to what."""

    writer: CustomerPlan
    to: str
    subject: str
    text: str
    at: datetime
    answers: str = ""
    quoted: str = ""
    paper: str = ""


def raw(letter: Letter, *, style: int) -> bytes:
    """The letter as bytes; `style` chooses the mail program that wrote it."""
    mail = EmailMessage()
    mail["From"] = formataddr((letter.writer.name, letter.writer.email))
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = _identifier(letter)
    if letter.answers:
        mail["In-Reply-To"] = mail["References"] = letter.answers
    body = letter.text + _quote(letter)
    mail.set_content(body, charset=_charset(body, style), cte="8bit" if style == LATIN else None)
    if style in (HTML, PICTURE):
        mail.add_alternative(_html(letter), subtype="html")
    if style == PICTURE and not letter.answers:
        mail.add_attachment(_picture(letter), maintype="image", subtype="png", filename="photo.png")
    if letter.paper:
        _attach_paper(mail, letter)
    return mail.as_bytes()


def _attach_paper(mail: EmailMessage, letter: Letter) -> None:
    """A document that tells more than the letter, so that a search inside files finds it."""
    lines = [letter.subject, f"{letter.at:%d %B %Y}", "", *letter.text.splitlines()]
    main, sub = TYPES[letter.paper]
    content = paper(letter.paper, [*lines, "", *PRINT[letter.paper]])
    name = f"{NAMES[letter.paper]}.{letter.paper}"
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)


def _identifier(letter: Letter) -> str:
    seed = f"{letter.writer.email}{letter.at.isoformat()}{letter.subject}".encode()
    domain = letter.writer.email.partition("@")[2]
    return f"<{hashlib.sha256(seed).hexdigest()[:24]}@{domain}>"


def _charset(body: str, style: int) -> str:
    if style != LATIN:
        return "utf-8"
    try:
        body.encode("iso-8859-1")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso-8859-1"


def _quote(letter: Letter) -> str:
    if not letter.quoted:
        return ""
    lines = "\n".join(f"> {line}" for line in letter.quoted.splitlines())
    return f"\n\nOn {letter.at:%a, %d %b %Y}, {letter.to} wrote:\n{lines}\n"


def _html(letter: Letter) -> str:
    paragraphs = "".join(
        f"<p>{escape(part)}</p>".replace("\n", "<br>") for part in letter.text.split("\n\n")
    )
    quoted = escape(letter.quoted).replace("\n", "<br>")
    block = f"<blockquote type='cite'>{quoted}</blockquote>" if letter.quoted else ""
    return f"<html><body>{paragraphs}{block}</body></html>"


def _picture(letter: Letter) -> bytes:
    """A small PNG in a colour of its own, so that each file has its own digest."""
    size, digest = 48, hashlib.sha256(letter.subject.encode() + letter.text.encode()).digest()
    row = b"\x00" + digest[:3] * size
    rows = zlib.compress(row * size)
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
