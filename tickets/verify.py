"""Invariants of the ticket floor, checked and mended in SQL (trust.md 8)."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from core import files
from core.registries import Finding
from tickets.attention import patience
from tickets.models import NO_DEADLINE, Attachment

_SHOWN = 20

# What the queue's columns must be, from the facts they repeat (see `tickets.attention`).
_FACTS = """
SELECT t.id, t.number, s.kind AS status_kind, p.rank AS priority_rank,
       NOT (t.is_spam OR t.merged_into_id IS NOT NULL OR t.deleted_at IS NOT NULL
            OR s.kind IN ('resolved', 'closed')) AS is_open,
       CASE WHEN s.kind IN ('resolved', 'closed') THEN NULL ELSE t.waiting_since END
           AS waiting_since
FROM tickets_ticket t
JOIN tickets_status s ON s.id = t.status_id
JOIN tickets_priority p ON p.id = t.priority_id
"""
_DUE = f"""
SELECT f.*, CASE WHEN f.is_open THEN LEAST(
           t.sla_due_at, t.promised_at,
           CASE WHEN t.sla_due_at = %(never)s THEN f.waiting_since + %(patience)s END,
           %(never)s
       ) ELSE %(never)s END AS next_due_at
FROM ({_FACTS}) f JOIN tickets_ticket t ON t.id = f.id
"""  # noqa: S608 -- both parts are constants of this module
_WRONG_COLUMNS = f"""
SELECT t.id, t.number FROM tickets_ticket t JOIN ({_DUE}) f ON f.id = t.id
WHERE (t.status_kind, t.priority_rank, t.is_open, t.next_due_at)
      IS DISTINCT FROM (f.status_kind, f.priority_rank, f.is_open, f.next_due_at)
"""  # noqa: S608 -- as above
MEND_COLUMNS = f"""
UPDATE tickets_ticket t SET status_kind = f.status_kind, priority_rank = f.priority_rank,
    is_open = f.is_open, waiting_since = f.waiting_since, next_due_at = f.next_due_at,
    due_reason = CASE f.next_due_at WHEN %(never)s THEN '' WHEN t.sla_due_at THEN 'sla'
                 WHEN t.promised_at THEN 'promise' ELSE 'waiting' END,
    unassigned_since = CASE WHEN f.is_open AND t.assignee_id IS NULL
        THEN COALESCE(t.unassigned_since, now()) END,
    escalation_level = CASE WHEN f.is_open THEN t.escalation_level ELSE 0 END,
    escalated_at = CASE WHEN f.is_open THEN t.escalated_at END,
    snoozed_until = CASE WHEN f.is_open THEN t.snoozed_until END
FROM ({_DUE}) f WHERE f.id = t.id AND t.id = ANY(%(ids)s)
"""  # noqa: S608 -- as above

# What time triggers ask for, from the history: since when a status, a lack of an assignee, silence.
_STATUS_SINCE = """
SELECT o.id, o.number, COALESCE((
    SELECT max(e.at) FROM tickets_event e
    WHERE e.ticket_id = o.id AND e.data -> 'changes' -> 'status' IS NOT NULL
), o.created_at) AS since FROM tickets_ticket o
"""
_LAST_WORDS = """
SELECT ticket_id, max(created_at) AS at FROM tickets_message
WHERE kind NOT IN ('note', 'forward') AND NOT is_automatic AND NOT is_held GROUP BY ticket_id
"""
_LOST_ASSIGNEE = """
SELECT max(e.at) FROM tickets_event e WHERE e.ticket_id = t.id
AND (e.data -> 'changes' -> 'assignee' IS NOT NULL OR e.kind IN ('reopened', 'unmarked_spam'))
"""
_WRONG_TIMES = f"""
SELECT t.id, t.number FROM tickets_ticket t
JOIN ({_STATUS_SINCE}) s ON s.id = t.id LEFT JOIN ({_LAST_WORDS}) m ON m.ticket_id = t.id
WHERE t.status_since <> s.since OR t.last_human_at IS DISTINCT FROM m.at
   OR (t.unassigned_since IS NOT NULL) <> (t.is_open AND t.assignee_id IS NULL)
   OR (NOT t.is_open AND (t.escalation_level > 0 OR t.snoozed_until IS NOT NULL))
"""  # noqa: S608 -- all parts are constants of this module
_MEND_TIMES = f"""
UPDATE tickets_ticket t SET status_since = s.since, last_human_at = m.at,
    unassigned_since = CASE WHEN t.is_open AND t.assignee_id IS NULL
        THEN COALESCE(t.unassigned_since, ({_LOST_ASSIGNEE}), t.created_at) END,
    escalation_level = CASE WHEN t.is_open THEN t.escalation_level ELSE 0 END,
    escalated_at = CASE WHEN t.is_open THEN t.escalated_at END,
    snoozed_until = CASE WHEN t.is_open THEN t.snoozed_until END
FROM ({_STATUS_SINCE}) s LEFT JOIN ({_LAST_WORDS}) m ON m.ticket_id = s.id
WHERE s.id = t.id AND t.id = ANY(%(ids)s)
"""  # noqa: S608 -- as above

_COUNTS = """
SELECT ticket_id, count(*) AS messages, max(id) AS last FROM tickets_message GROUP BY ticket_id
"""
_WRONG_COUNTS = f"""
SELECT t.id, t.number FROM tickets_ticket t LEFT JOIN ({_COUNTS}) c ON c.ticket_id = t.id
WHERE t.message_count <> COALESCE(c.messages, 0) OR t.last_message_id IS DISTINCT FROM c.last
"""  # noqa: S608 -- as above
_MEND_COUNTS = f"""
UPDATE tickets_ticket t SET message_count = COALESCE(c.messages, 0), last_message_id = c.last
FROM tickets_ticket o LEFT JOIN ({_COUNTS}) c ON c.ticket_id = o.id
WHERE o.id = t.id AND t.id = ANY(%(ids)s)
"""  # noqa: S608 -- as above

_WITHOUT_DOCUMENT = """
SELECT t.id, t.number FROM tickets_ticket t
WHERE NOT EXISTS (SELECT FROM tickets_searchdocument d WHERE d.ticket_id = t.id)
"""
_MEND_DOCUMENTS = """
INSERT INTO tickets_searchdocument (ticket_id, is_stale) SELECT unnest(%(ids)s::bigint[]), true
ON CONFLICT DO NOTHING
"""
_WITHOUT_OPENING = """
SELECT t.id, t.number FROM tickets_ticket t
WHERE NOT EXISTS (SELECT FROM tickets_event e WHERE e.ticket_id = t.id AND e.kind = 'opened')
"""
_LOST_MESSAGES = """
SELECT e.id, e.ticket_id FROM tickets_event e
WHERE e.message_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM tickets_message m WHERE m.id = e.message_id)
"""

# A merged ticket holds no message and leads to one that stands; what moved is where it leads.
_WRONG_MERGES = """
SELECT t.id, t.number FROM tickets_ticket t JOIN tickets_ticket i ON i.id = t.merged_into_id
WHERE i.merged_into_id IS NOT NULL OR t.is_open
   OR EXISTS (SELECT FROM tickets_message m WHERE m.ticket_id = t.id)
   OR EXISTS (SELECT FROM tickets_message m
              WHERE m.origin_id = t.id AND m.ticket_id <> t.merged_into_id)
   OR NOT EXISTS (SELECT FROM tickets_merge r WHERE r.merged_id = t.id AND r.undone_at IS NULL)
"""
_LOST_ORIGINS = """
SELECT DISTINCT t.id, t.number FROM tickets_message m JOIN tickets_ticket t ON t.id = m.origin_id
WHERE t.merged_into_id IS NULL
"""


def check_columns(*, repair: bool) -> list[Finding]:
    """The columns the queue sorts by say what the facts say."""
    return _check("queue columns differ", _WRONG_COLUMNS, MEND_COLUMNS if repair else "")


def check_counts(*, repair: bool) -> list[Finding]:
    """Message counts and newest messages are right."""
    return _check("message count differs", _WRONG_COUNTS, _MEND_COUNTS if repair else "")


def check_times(*, repair: bool) -> list[Finding]:
    """Since when a ticket has its status, lacks somebody, and is silent agrees with its history."""
    return _check("times differ", _WRONG_TIMES, _MEND_TIMES if repair else "")


def check_documents(*, repair: bool) -> list[Finding]:
    """Every ticket can be found by search."""
    return _check("no search document", _WITHOUT_DOCUMENT, _MEND_DOCUMENTS if repair else "")


def check_history(*, repair: bool) -> list[Finding]:
    """Every ticket was opened, and no event speaks of a message that is gone."""
    return _check("no opening event", _WITHOUT_OPENING, "") + _check(
        "event of a lost message", _LOST_MESSAGES, ""
    )


def check_merges(*, repair: bool) -> list[Finding]:
    """Merged tickets have handed everything over, and lead to a ticket that stands."""
    return _check("merge is not whole", _WRONG_MERGES, "") + _check(
        "messages of a merge that was undone", _LOST_ORIGINS, ""
    )


def check_files(*, repair: bool) -> list[Finding]:
    """The bytes of every attachment lie in the file store (D-29)."""
    digests = Attachment.objects.kept().order_by().values_list("sha256", flat=True).distinct()
    missing = [digest for digest in digests.iterator() if not files.exists(digest)]
    return [Finding(f"file missing: {digest}") for digest in missing]


def _check(words: str, find: str, mend: str) -> list[Finding]:
    facts: dict[str, Any] = {"never": NO_DEADLINE, "patience": patience()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(find, facts)
        rows = cursor.fetchall()
        if rows and mend:
            cursor.execute(mend, facts | {"ids": [row[0] for row in rows]})
    shown = [Finding(f"{words}: #{number}", bool(mend)) for _id, number in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        shown.append(Finding(f"{words}: {len(rows) - _SHOWN} more", bool(mend)))
    return shown
