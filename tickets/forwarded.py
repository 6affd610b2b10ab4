"""What a forward says: the agent's words, below them the message it passes on, with its files."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from core.files import StoredFile
from tickets.content import Content, NewFile, attachment_path
from tickets.models import Attachment, Message


def forwarded_content(content: Content, source: Message | None, *, subject: str) -> Content:
    """`content` with what `source` says below it; its files travel along, as the same bytes."""
    if source is None:
        return content
    lines = _head(source, subject)
    rows = list(source.attachments.kept())
    words = "\n".join(f"{name}: {value}" for name, value in lines)
    return replace(
        content,
        quoted_text=f"---------- {_('Forwarded message')} ----------\n{words}\n\n{source.text}",
        quoted_html=_html(source, lines, rows),
        files=(*content.files, *map(_same_file, rows)),
    )


def _head(source: Message, subject: str) -> list[tuple[str, str]]:
    sender = source.author_name or source.author_email
    if source.author_email and source.author_email != sender:
        sender = f"{sender} <{source.author_email}>"
    at = timezone.localtime(source.sent_at or source.created_at)
    return [
        (_("From"), sender),
        (_("Date"), date_format(at, "DATETIME_FORMAT")),
        (_("Subject"), subject),
    ]


def _html(source: Message, lines: list[tuple[str, str]], rows: list[Attachment]) -> str:
    """Pictures in the text go by the name they have in every mail; the new files answer to it."""
    body = source.html
    for row in rows:
        if row.content_id:
            body = body.replace(attachment_path(row), f"cid:{row.content_id}")
    head = format_html_join("", "<b>{}</b>: {}<br>", lines)
    return format_html("<p>{}</p>", head) + body


def _same_file(row: Attachment) -> NewFile:
    return NewFile(
        filename=row.filename,
        content_type=row.content_type,
        stored=StoredFile(row.sha256, row.size),
        content_id=row.content_id,
        is_inline=row.is_inline,
    )
