"""Files that wait with a draft or a scheduled reply: facts in a row, bytes in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from core.files import StoredFile
from tickets.content import NewFile
from tickets.models import Attachment, Draft, ScheduledReply

Fact = dict[str, Any]


def facts_of(files: Iterable[NewFile]) -> list[Fact]:
    """What a row keeps of `files`."""
    return [
        {
            "sha256": new.stored.sha256,
            "size": new.stored.size,
            "name": new.filename,
            "type": new.content_type,
        }
        for new in files
    ]


def facts_of_attachments(rows: Iterable[Attachment]) -> list[Fact]:
    """What a draft keeps of the files of a message that came back."""
    return [
        {"sha256": row.sha256, "size": row.size, "name": row.filename, "type": row.content_type}
        for row in rows
    ]


def files_of(facts: Iterable[Fact]) -> tuple[NewFile, ...]:
    """The files again, ready to be attached."""
    return tuple(
        NewFile(
            filename=fact["name"],
            content_type=fact["type"],
            stored=StoredFile(fact["sha256"], fact["size"]),
        )
        for fact in facts
    )


def chosen(facts: Iterable[Fact], digests: Collection[str]) -> list[Fact]:
    """Those of `facts` that were left ticked; a digest that is not among them adds nothing."""
    return [fact for fact in facts if fact["sha256"] in digests]


def digests_in_use() -> Iterator[str]:
    """Every file that waits somewhere."""
    for rows in (Draft.objects.all(), ScheduledReply.objects.waiting()):
        for facts in rows.exclude(files=[]).values_list("files", flat=True).iterator():
            yield from (fact["sha256"] for fact in facts)
