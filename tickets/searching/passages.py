"""Where a found ticket says it: the newest messages with one of the words, and the passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LONG = 16_384
BEFORE, BEHIND = 60, 140
MESSAGES_LOOKED_AT = 40
PER_TICKET = 3

# Only tickets of this page are looked at, of each only its newest messages: bounded by the page.
_PASSAGES = """
SELECT t.id, m.id, m.author_name, m.kind, m.created_at, m.words
FROM unnest(%(tickets)s::bigint[]) t(id) CROSS JOIN LATERAL (
    SELECT id, author_name, kind, created_at, words FROM (
        SELECT id, author_name, kind, created_at, left(text, %(long)s) AS words
        FROM tickets_message WHERE ticket_id = t.id ORDER BY id DESC LIMIT %(looked_at)s
    ) newest WHERE words ~* %(pattern)s ORDER BY id DESC LIMIT %(most)s
) m ORDER BY m.id DESC
"""


@dataclass(frozen=True)
class Passage:
    """A message with a word that was searched, cut around it."""

    ticket_id: int
    message_id: int
    author: str
    kind: str
    at: datetime
    text: SafeString


def passages(ticket_ids: Sequence[int], words: Sequence[str]) -> list[Passage]:
    """The newest messages of these tickets that have one of `words`, the newest first."""
    if not ticket_ids or not words:
        return []
    facts = sought(ticket_ids, words) | {
        "long": LONG,
        "looked_at": MESSAGES_LOOKED_AT,
        "most": PER_TICKET,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PASSAGES, facts)
        return [
            Passage(ticket_id, message_id, author, kind, at, marked(text, words))
            for ticket_id, message_id, author, kind, at, text in cursor.fetchall()
        ]


def sought(ticket_ids: Sequence[int], words: Sequence[str]) -> dict[str, Any]:
    """What a statement about passages asks for: words are letters and digits only, unescaped."""
    return {
        "tickets": list(ticket_ids),
        "pattern": f"(^|[^[:alnum:]])({'|'.join(words)})",
    }


def marked(text: str, words: Sequence[str]) -> SafeString:
    """A line of `text` around the first of `words`; what is not ours is escaped."""
    line = " ".join(text.split())
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE)
    first = pattern.search(line)
    start = max(0, first.start() - BEFORE) if first else 0
    end = (first.end() if first else 0) + BEHIND
    cut = line[start:end]
    parts, at = [], 0
    for hit in pattern.finditer(cut):
        parts += [(cut[at : hit.start()], hit[0])]
        at = hit.end()
    body = format_html_join("", "{}<mark>{}</mark>", parts)
    before, behind = "…" if start else "", "…" if end < len(line) else ""
    return format_html("{}{}{}{}", before, body, cut[at:], behind)
