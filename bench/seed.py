"""Fills a database with 10k, 100k or 1M tickets by COPY: 85 % closed, 50 agents, 20 departments.

    DATABASE_URL=… python -m bench.seed 100000

The database must be migrated and empty of tickets. Words follow Zipf's law, as words do.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

AGENTS, DEPARTMENTS, MESSAGES = 50, 20, 3
CLOSED_SHARE = 0.85
WORDS = 20_000
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Seed:
    """One filling; the same numbers for the same size."""

    def __init__(self, tickets: int) -> None:
        self.tickets = tickets
        self.customers = max(100, tickets // 10)
        self.chance = random.Random(tickets)
        vocabulary = ["".join(self.chance.choices("abcdeghiklmnoprstu", k=7)) for _ in range(WORDS)]
        weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
        self._vocabulary, self._weights = vocabulary, weights

    def words(self, count: int) -> str:
        return " ".join(self.chance.choices(self._vocabulary, cum_weights=self._weights, k=count))

    def run(self) -> None:
        from django.db import connection, transaction

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            self.cursor = cursor.cursor
            self._people()
            self._customers()
            self._tickets()
            self._messages()
            # Without figures about the new rows the joins below would be planned for empty tables.
            cursor.execute("ANALYZE tickets_ticket, tickets_message")
            cursor.execute(_DOCUMENTS)
            cursor.execute(_COUNTS)
            cursor.execute(_EVENTS)
            for table in ("accounts_user", "customers_customer", "tickets_ticket"):
                cursor.execute(_SEQUENCE.format(table=table))
            cursor.execute("SELECT setval('tickets_number', %s)", [self.tickets + 1])
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _copy(self, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
        with self.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _people(self) -> None:
        from accounts.models import Department, Membership, Role, User

        role = Role.objects.get(slug="agent")
        departments = Department.objects.bulk_create(
            Department(id=n, slug=f"d{n}", name=f"Department {n}", is_default=n == 1)
            for n in range(1, DEPARTMENTS + 1)
        )
        users = User.objects.bulk_create(
            User(id=n, email=f"agent{n}@bench.example", name=f"Agent {n}", role=role, password="!")
            for n in range(1, AGENTS + 1)
        )
        Membership.objects.bulk_create(
            Membership(user=user, department=department)
            for user in users
            for department in self.chance.sample(departments, 5)
        )

    def _customers(self) -> None:
        rows = (
            (
                n,
                uuid.UUID(int=n),
                f"Customer {n}",
                f"c{n}@x{n % 997}.example",
                False,
                "",
                "",
                "",
                NOW,
                "",
                "{}",
            )
            for n in range(1, self.customers + 1)
        )
        self._copy(
            "customers_customer",
            "id, public_id, name, email, is_vip, language, time_zone, notes, created_at, role, "
            "attributes",
            rows,
        )

    def _tickets(self) -> None:
        from tickets.models import Priority, Status

        statuses = {row.kind: row.pk for row in Status.objects.all()}
        ranks = {row.rank: row.pk for row in Priority.objects.all()}
        self._copy(
            "tickets_ticket",
            _TICKET,
            (self._ticket(n, statuses, ranks) for n in range(1, self.tickets + 1)),
        )

    def _ticket(self, n: int, statuses: dict[str, int], ranks: dict[int, int]) -> tuple[Any, ...]:
        chance = self.chance
        created = NOW - timedelta(minutes=(self.tickets - n) * 400_000 / self.tickets)
        is_open = chance.random() > CLOSED_SHARE
        kind = chance.choice(("new", "open", "open", "waiting_customer", "waiting_third_party"))
        kind = kind if is_open else "closed"
        rank = chance.choices((1, 2, 3, 4), (1, 4, 10, 5))[0]
        waits = is_open and kind in {"new", "open"}
        due = created + timedelta(hours=4) if waits else NEVER
        updated = created + timedelta(minutes=chance.randrange(1, 5000))
        return (
            n, n, uuid.UUID(int=n), f"{n:026d}", self.words(6), "", chance.randint(1, self.customers),
            chance.randint(1, DEPARTMENTS), statuses[kind], kind, ranks[rank], rank,
            chance.randint(1, AGENTS) if chance.random() > 0.2 else None, "email", is_open, False,
            due, due - timedelta(hours=1) if waits else NEVER, "first_response" if waits else "",
            "running" if waits else "paused" if is_open else "met", NEVER, due,
            "sla" if waits else "", created, updated,
            created if waits else None, created, None if waits else updated, 0, MESSAGES, updated,
            self.words(12), "customer" if waits else "staff", None if is_open else updated,
            0, updated, updated,
        )  # fmt: skip

    def _messages(self) -> None:
        kinds = ("inbound", "reply", "inbound")
        rows = (
            (t, kinds[m], "email", "Somebody", "", text := self.words(40), f"<p>{text}</p>", "", "", 1,
             "", "[]", "[]", "[]", False, False, False, "{}", "", "", NOW)
            for t in range(1, self.tickets + 1)
            for m in range(MESSAGES)
        )  # fmt: skip
        self._copy("tickets_message", _MESSAGE, rows)


_TICKET = (
    "id, number, public_id, thread_token, subject, full_subject, customer_id, department_id, status_id, "
    "status_kind, priority_id, priority_rank, assignee_id, channel, is_open, is_spam, sla_due_at, "
    "sla_risk_at, sla_metric, sla_state, promised_at, next_due_at, due_reason, created_at, updated_at, waiting_since, last_customer_at, "
    "last_staff_at, reopened_count, message_count, last_message_at, last_message_preview, "
    "last_message_by, closed_at, escalation_level, status_since, last_human_at"
)
_MESSAGE = (
    "ticket_id, kind, channel, author_name, author_email, text, html, quoted_text, quoted_html, "
    "sanitiser_version, language, recipients_to, recipients_cc, recipients_bcc, is_automatic, "
    "is_unverified, is_held, authentication, delivery_state, delivery_detail, created_at"
)
_DOCUMENTS = """
INSERT INTO tickets_searchdocument (ticket_id, vector, is_stale)
SELECT t.id, setweight(to_tsvector('simple', t.subject), 'A')
       || setweight(to_tsvector('simple', translate(concat_ws(' ', c.name, c.email), '@.', '  ')), 'B')
       || setweight(to_tsvector('simple', string_agg(m.text, ' ')), 'C'), false
FROM tickets_ticket t JOIN tickets_message m ON m.ticket_id = t.id
JOIN customers_customer c ON c.id = t.customer_id GROUP BY t.id, c.id
"""
_EVENTS = """
INSERT INTO tickets_event (ticket_id, kind, at, actor_kind, actor_name, message_id, data)
SELECT t.id, 'opened', t.created_at, 'customer', 'Somebody', first.id, jsonb_build_object(
    'status', jsonb_build_object('id', s.id, 'name', s.name, 'kind', 'new', 'pauses', '[]'::jsonb),
    'priority', jsonb_build_object('id', t.priority_id, 'name', ''),
    'department', jsonb_build_object('id', t.department_id, 'name', ''),
    'service', null, 'assignee', null, 'channel', 'email')
FROM tickets_ticket t
JOIN (SELECT ticket_id, min(id) AS id FROM tickets_message GROUP BY 1) first ON first.ticket_id = t.id
CROSS JOIN (SELECT id, name FROM tickets_status WHERE kind = 'new' ORDER BY id LIMIT 1) s
"""
_COUNTS = """
UPDATE tickets_ticket t SET last_message_id = m.last
FROM (SELECT ticket_id, max(id) AS last FROM tickets_message GROUP BY 1) m WHERE m.ticket_id = t.id
"""
_SEQUENCE = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"


def main() -> None:
    import django

    django.setup()
    began = time.monotonic()
    count = int(sys.argv[1])
    Seed(count).run()
    print(f"{count} tickets in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
