"""Where an attached file of a found ticket says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.safestring import SafeString

from tickets.searching.passages import marked, sought

# Deep enough for the pages that matter; of a ticket only its newest files are looked at.
LONG = 65_536
FILES_LOOKED_AT = 20
AROUND = 1_000

# The text travels cut around the word: a file may have a megabyte of it.
_PASSAGES = """
SELECT t.id, f.filename, substring(f.words FROM greatest(f.place - %(around)s, 1) FOR %(cut)s)
FROM unnest(%(tickets)s::bigint[]) t(id) CROSS JOIN LATERAL (
    SELECT filename, words, regexp_instr(words, %(pattern)s, 1, 1, 0, 'i') AS place FROM (
        SELECT a.id, a.filename, left(x.text, %(long)s) AS words
        FROM tickets_attachment a JOIN tickets_attachmenttext x ON x.sha256 = a.sha256
        WHERE a.ticket_id = t.id AND a.redacted_at IS NULL
        ORDER BY a.id DESC LIMIT %(looked_at)s
    ) newest WHERE words ~* %(pattern)s ORDER BY id DESC LIMIT 1
) f
"""


@dataclass(frozen=True)
class FilePassage:
    """A file with a word that was searched, cut around it."""

    ticket_id: int
    filename: str
    text: SafeString


def file_passages(ticket_ids: Sequence[int], words: Sequence[str]) -> list[FilePassage]:
    """Of each of these tickets the newest file that has one of `words`."""
    if not ticket_ids or not words:
        return []
    facts = sought(ticket_ids, words) | {
        "long": LONG,
        "looked_at": FILES_LOOKED_AT,
        "around": AROUND,
        "cut": 2 * AROUND,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PASSAGES, facts)
        return [
            FilePassage(ticket_id, filename, marked(text, words))
            for ticket_id, filename, text in cursor.fetchall()
        ]
