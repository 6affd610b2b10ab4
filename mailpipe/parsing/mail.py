"""What a received mail says, and how much of it we are willing to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailpipe.parsing.mailboxes import Address

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds that hold before and while parsing, so that no mail costs more than others (24)."""

    boundaries: int = 300
    depth: int = 30
    parts: int = 500
    references: int = 50
    mailboxes: int = 200
    text: int = 2 * MEBIBYTE
    html: int = 2 * MEBIBYTE
    nesting: int = 500
    files: int = 25 * MEBIBYTE


DEFAULT = Limits()


@dataclass(frozen=True, kw_only=True)
class Part:
    """A file of the mail; `inline` when the HTML body shows it by its Content-ID."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str
    inline: bool
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ParsedMail:
    """A mail understood. `html` is as the sender wrote it: whoever shows it sanitises it."""

    from_address: str = ""
    from_name: str = ""
    reply_to: tuple[Address, ...] = ()
    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    text: str = ""
    html: str | None = None
    attachments: tuple[Part, ...] = ()
    headers: Mapping[str, list[str]] = field(default_factory=dict)
    content_type: str = "text/plain"
    report_type: str = ""
    importance: str = "normal"
    language: str = ""
    protection: str = ""
    reduced: str | None = None
    empty: bool = False
    problems: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first value of a header, "" when it is absent."""
        return next(iter(self.headers.get(name, [])), "")
