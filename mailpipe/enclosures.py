"""Which files of a reply travel with the mail, which stay behind a link (mail.md 61)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from tickets.content import attachment_path
from tickets.models import Attachment, Message
from tickets.signing import signed_path

# Base64 adds a third; many servers refuse mails above 25 MB.
TOTAL_LIMIT = 20 * 1024 * 1024 * 3 // 4


@dataclass(frozen=True, kw_only=True)
class Enclosures:
    """The files of one message by the way they travel."""

    inline: list[Attachment]
    attached: list[Attachment]
    linked: list[Attachment]


def enclosures(message: Message) -> Enclosures:
    """Images of the text first, then files from the smallest on, as long as there is room."""
    rows = list(message.attachments.kept())
    room = TOTAL_LIMIT
    travelling: set[object] = set()
    for row in sorted(rows, key=lambda row: (not _is_picture(row), row.size)):
        if row.size <= room:
            room -= row.size
            travelling.add(row.pk)
    return Enclosures(
        inline=[row for row in rows if row.pk in travelling and _is_picture(row)],
        attached=[row for row in rows if row.pk in travelling and not _is_picture(row)],
        linked=[row for row in rows if row.pk not in travelling],
    )


def with_cids(html: str, pictures: list[Attachment]) -> str:
    """`html` with our addresses of pictures replaced by what they are called in the mail."""
    for row in pictures:
        html = html.replace(f'src="{attachment_path(row)}"', f'src="cid:{row.content_id}"')
    return html


def file_link(attachment: Attachment, *, audience: str) -> str:
    """An address that opens the file without signing in, until it expires."""
    return settings.SITE_URL + signed_path(attachment, audience)


def _is_picture(attachment: Attachment) -> bool:
    return (
        attachment.is_inline
        and bool(attachment.content_id)
        and attachment.content_type.startswith("image/")
    )
