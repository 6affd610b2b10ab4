"""Finding tickets by their words: one document each, written by a sweep (performance.md 4c)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction

from tickets.models import SearchDocument
from tickets.models.ticket import TicketQuerySet
from tickets.searching.language import plain_words, ticket_number

__all__ = [
    "matching",
    "ticket_number",
    "words_query",
    "write_stale_documents",
]

BATCH = 50

# Words as they are, for mail comes in every language; cut at everything that is neither letter nor
# digit, because PostgreSQL's own parser keeps addresses whole and reads E-17 as E and minus 17.
_WRITE = r"""
    UPDATE tickets_searchdocument document SET is_stale = false, vector =
        setweight(to_tsvector('simple', regexp_replace(
            coalesce(nullif(t.full_subject, ''), t.subject), '[\W_]+', ' ', 'g')), 'A')
        || setweight(to_tsvector('simple', regexp_replace(
            concat_ws(' ', c.name, c.email, o.name), '[\W_]+', ' ', 'g')), 'B')
        || setweight(to_tsvector('simple', regexp_replace(
            left(concat_ws(' ', fields.words, said.words), 65536), '[\W_]+', ' ', 'g')), 'C')
        || setweight(to_tsvector('simple', regexp_replace(
            left(coalesce(files.words, ''), 65536), '[\W_]+', ' ', 'g')), 'D')
    FROM tickets_ticket t
    JOIN customers_customer c ON c.id = t.customer_id
    LEFT JOIN customers_organisation o ON o.id = c.organisation_id
    LEFT JOIN LATERAL (
        SELECT string_agg(left(m.text, 16384), ' ' ORDER BY m.id DESC) AS words
        FROM (SELECT id, text FROM tickets_message
              WHERE ticket_id = t.id ORDER BY id DESC LIMIT 200) m
    ) said ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(concat_ws(' ', v.text, option.label), ' ') AS words
        FROM tickets_fieldvalue v LEFT JOIN tickets_fieldoption option ON option.id = v.option_id
        WHERE v.ticket_id = t.id
    ) fields ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(left(concat_ws(' ', a.filename, inside.text), 32768), ' ') AS words
        FROM (SELECT filename, sha256 FROM tickets_attachment
              WHERE ticket_id = t.id AND redacted_at IS NULL AND NOT is_inline
              ORDER BY created_at DESC LIMIT 50) a
        LEFT JOIN tickets_attachmenttext inside ON inside.sha256 = a.sha256
    ) files ON true
    WHERE document.ticket_id = t.id AND t.id = ANY(%s)
"""


def write_stale_documents(_now: datetime) -> int:
    """Write the documents of up to BATCH changed tickets; returns how many.

    The rows are locked by one statement and written by the next: its later snapshot sees every
    message whose writer marked the document stale before we held it.
    """
    with transaction.atomic():
        stale = SearchDocument.objects.filter(is_stale=True).select_for_update(skip_locked=True)
        ids = list(stale.values_list("pk", flat=True)[:BATCH])
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [ids])
    return len(ids)


def matching(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Those of `tickets` that have all words of `text`, or the one whose number it is."""
    number = ticket_number(text)
    if number is not None:
        return tickets.filter(number=number)
    query = words_query(text)
    if not query:
        return tickets.none()
    found = SearchQuery(query, search_type="raw", config="simple")
    return tickets.filter(search_document__vector=found)


def words_query(text: str) -> str:
    """All words of `text`, longer ones also as beginnings, in PostgreSQL's notation."""
    return plain_words(text).query
