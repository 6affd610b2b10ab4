"""A row of the outbox as the bytes that travel."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime

from core import files
from mailpipe.addresses import header_safe, mailbox, needs_smtputf8
from mailpipe.enclosures import Enclosures, enclosures
from mailpipe.models import OutgoingMail
from mailpipe.secrets import readable_body


class IdentifiersHeader(UnstructuredHeader, BaseHeader):
    """Message-IDs one a line: the standard folding would encode those longer than a line."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(self.split()) + policy.linesep


def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        headers.map_to_type(name, IdentifiersHeader)
    # Seven-bit bodies pass every server, also one without 8BITMIME.
    return SMTP.clone(header_factory=headers, cte_type="7bit")


POLICY = _policy()


def build(row: OutgoingMail, *, now: datetime) -> bytes:
    """The whole mail. Raises UnsafeAddress, FileMissing or CannotUnseal, which no retry mends."""
    mail = EmailMessage(policy=POLICY)
    text, html = readable_body(row)
    _head(mail, row, now)
    mail.set_content(text, charset="utf-8")
    if html:
        mail.add_alternative(html, subtype="html", charset="utf-8")
    if row.message is not None:
        _enclose(mail, enclosures(row.message))
    policy = POLICY.clone(utf8=True) if speaks_utf8(row) else POLICY
    return mail.as_bytes(policy=policy)


def speaks_utf8(row: OutgoingMail) -> bool:
    """Whether an address needs SMTPUTF8 (RFC 6531)."""
    return any(needs_smtputf8(email) for email in row.recipients())


def _head(mail: EmailMessage, row: OutgoingMail, now: datetime) -> None:
    mail["From"] = row.from_header
    mail["To"] = ", ".join(mailbox("", email) for email in row.to) or "undisclosed-recipients:;"
    if row.cc:
        mail["Cc"] = ", ".join(mailbox("", email) for email in row.cc)
    if row.reply_to:
        mail["Reply-To"] = row.reply_to
    mail["Subject"] = header_safe(row.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = row.identifier
    for name, value in row.headers.items():
        mail[name] = header_safe(value)


def _enclose(mail: EmailMessage, found: Enclosures) -> None:
    html = mail.get_body(("html",))
    for row in found.inline:
        if isinstance(html, EmailMessage):
            kind, _slash, subtype = row.content_type.partition("/")
            html.add_related(
                _content(row.sha256),
                maintype=kind,
                subtype=subtype,
                cid=f"<{row.content_id}>",
                filename=row.filename,
                disposition="inline",
            )
    for row in found.attached:
        kind, _slash, subtype = row.content_type.partition("/")
        mail.add_attachment(
            _content(row.sha256),
            maintype=kind,
            subtype=subtype or "octet-stream",
            filename=row.filename,
        )


def _content(sha256: str) -> bytes:
    with files.open_file(sha256) as file:
        return file.read()
