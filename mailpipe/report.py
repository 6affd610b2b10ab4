"""What `mailpipe --dry-run` prints about a mail: the stable contract for scripts (mail.md)."""

from __future__ import annotations

from typing import Any

from core.sanitiser import sanitise
from mailpipe.models import InboundMail
from mailpipe.parsing.mailboxes import Address
from mailpipe.recogniser.case import Case


def describe(case: Case) -> dict[str, Any]:
    """The outcome and its trace, and what was understood; keys never change their meaning."""
    row, parsed = case.row, case.mail.parsed
    ticket = row.ticket
    return {
        "outcome": row.outcome,
        "reason": row.reason,
        "department": row.department.slug if row.department else None,
        "ticket": ticket.number if ticket else None,
        "from": parsed.from_address,
        "from_name": parsed.from_name,
        "reply_to": _emails(parsed.reply_to),
        "to": _emails(parsed.to),
        "cc": _emails(parsed.cc),
        "followers": list(ticket.followers.values_list("email", flat=True)) if ticket else [],
        "subject": parsed.subject,
        "text": row.message.text if row.message else parsed.text,
        "html": _html(row, case),
        "attachments": [
            {
                "filename": part.filename,
                "content_type": part.content_type,
                "size": len(part.content),
                "inline": part.inline,
            }
            for part in parsed.attachments
        ],
        "automatic": case.mail.is_automatic,
        "bounce": case.mail.bounce is not None,
        "auth": {
            "spf": case.mail.verdict.spf,
            "dkim": case.mail.verdict.dkim,
            "dmarc": case.mail.verdict.dmarc,
        },
        "priority": ticket.priority.slug if ticket else None,
        "service": ticket.service.slug if ticket and ticket.service else None,
        "trace": row.trace,
    }


def failure(reason: str) -> dict[str, Any]:
    """The same keys for a mail that could not be read at all."""
    empty: dict[str, Any] = dict.fromkeys(KEYS)
    lists: dict[str, Any] = {
        key: [] for key in ("to", "cc", "reply_to", "followers", "attachments")
    }
    return empty | lists | {"outcome": "failed", "reason": reason, "trace": []}


def _html(row: InboundMail, case: Case) -> str | None:
    if case.mail.parsed.html is None:
        return None
    return row.message.html if row.message else sanitise(case.mail.parsed.html)


def _emails(mailboxes: tuple[Address, ...]) -> list[str]:
    return [mailbox.email for mailbox in mailboxes]


KEYS = (
    "outcome",
    "reason",
    "department",
    "ticket",
    "from",
    "from_name",
    "reply_to",
    "to",
    "cc",
    "followers",
    "subject",
    "text",
    "html",
    "attachments",
    "automatic",
    "bounce",
    "auth",
    "priority",
    "service",
    "trace",
)
