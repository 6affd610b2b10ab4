"""A hundred thousand tickets inside one transaction, made by the database itself."""

from __future__ import annotations

from django.db import connection

from accounts.models import Membership, User
from tests.factories import make_department, make_user
from tickets.models import NO_DEADLINE, Priority, Status

TICKETS, CUSTOMERS, DEPARTMENTS, AGENTS = 100_000, 10_000, 20, 50
FIRST_NUMBER = 900_000
KINDS = ("new", "open", "waiting_customer", "waiting_third_party", "closed")

# As bench/seed.py has it: 85 % closed, one of five unassigned, the newest last. Hashes
# spread what belongs to a ticket, the same in every run.
_CUSTOMERS = """
INSERT INTO customers_customer (public_id, name, is_vip, language, time_zone, notes, email,
    created_at, attributes, role)
SELECT gen_random_uuid(), 'Customer ' || n, mod(n, 50) = 0, '', '', '', 'c' || n || '@crowd.example',
    now(), '{}', ''
FROM generate_series(1, %(customers)s) n
"""
_TICKETS = """
INSERT INTO tickets_ticket (number, public_id, thread_token, subject, full_subject, customer_id,
    department_id, status_id, status_kind, priority_id, priority_rank, assignee_id, channel, is_open,
    is_spam, sla_due_at, sla_risk_at, sla_metric, sla_state, promised_at, next_due_at, due_reason,
    created_at, updated_at, waiting_since, last_customer_at, reopened_count, message_count,
    last_message_at, last_message_preview, last_message_by, resolved_at, closed_at, escalation_level,
    status_since, last_human_at, snoozed_until, unassigned_since, is_emergency, is_incident)
SELECT %(first)s + n, gen_random_uuid(), lpad(n::text, 26, '0'),
    'word' || mod(n, 977) || ' word' || mod(n, 89), '',
    %(customer)s + mod(n, %(customers)s), (%(departments)s::bigint[])[1 + mod(hashint4(n + 2) & 65535, 20)],
    (%(statuses)s::bigint[])[kind], (%(kinds)s::text[])[kind], (%(priorities)s::bigint[])[rank], rank,
    assignee, 'email', kind < 5,
    kind = 5 AND mod(n, 211) = 0, due, due - interval '1 hour',
    CASE WHEN kind < 3 THEN 'first_response' ELSE '' END,
    CASE WHEN kind < 3 THEN 'running' WHEN kind < 5 THEN 'paused' ELSE 'met' END, never, due,
    CASE WHEN kind < 3 THEN 'sla' ELSE '' END, at, changed, CASE WHEN kind < 3 THEN at END, at, 0, 1,
    changed, 'word word', CASE WHEN kind < 3 THEN 'customer' ELSE 'staff' END,
    CASE WHEN kind = 5 THEN changed END, CASE WHEN kind = 5 THEN changed END,
    CASE WHEN mod(n, 331) = 0 THEN 1 ELSE 0 END, changed, changed,
    CASE WHEN kind < 5 AND mod(n, 29) = 0 THEN now() + interval '1 day' END,
    CASE WHEN kind < 5 AND assignee IS NULL THEN at END, false, false
FROM (
    SELECT n, kind, rank, assignee, at, never, at + mod(n * 37, 5000) * interval '1 minute' AS changed,
        CASE WHEN kind < 3 THEN at + interval '4 hours' ELSE never END AS due
    FROM (
        SELECT n, CASE WHEN mod(hashint4(n) & 65535, 100) < 15 THEN 1 + mod(hashint4(n + 1) & 65535, 4) ELSE 5 END AS kind,
            (ARRAY[1, 2, 2, 2, 3, 3, 3, 3, 3, 4])[1 + mod(hashint4(n + 3) & 65535, 10)] AS rank,
            CASE WHEN mod(n, 5) > 0 THEN (%(agents)s::bigint[])[1 + mod(hashint4(n + 4) & 65535, 50)] END AS assignee,
            now() - (%(tickets)s - n) * 400000.0 / %(tickets)s * interval '1 minute' AS at,
            %(never)s::timestamptz AS never
        FROM generate_series(1, %(tickets)s) n
    ) drawn
) timed
"""
_MESSAGES = """
INSERT INTO tickets_message (ticket_id, kind, channel, author_name, author_email, text, html,
    quoted_text, quoted_html, sanitiser_version, language, recipients_to, recipients_cc,
    recipients_bcc, is_automatic, is_unverified, is_held, authentication, delivery_state,
    delivery_detail, created_at)
SELECT id, 'inbound', 'email', 'Somebody', '', subject, subject, '', '', 1, '', '[]', '[]', '[]',
    false, false, false, '{}', '', '', created_at
FROM tickets_ticket WHERE number > %(first)s
"""
_DOCUMENTS = """
INSERT INTO tickets_searchdocument (ticket_id, vector, is_stale)
SELECT id, setweight(to_tsvector('simple', subject), 'A'), false
FROM tickets_ticket WHERE number > %(first)s
"""
_EVENTS = """
INSERT INTO tickets_event (ticket_id, kind, at, actor_kind, actor_name, actor_user_id, data)
SELECT id, CASE WHEN is_open THEN 'replied' ELSE 'closed' END, updated_at, 'user', 'Agent',
    assignee_id, '{}'
FROM tickets_ticket WHERE number > %(first)s
"""
_TABLES = (
    "customers_customer, tickets_ticket, tickets_message, tickets_searchdocument, tickets_event"
)
_VISIBLE = """
UPDATE pg_class SET relallvisible = relpages WHERE relname IN
    ('customers_customer', 'tickets_ticket', 'tickets_message', 'tickets_event')
"""


def seed() -> User:
    """Fill the tables and gather their figures; the answer is an agent of five departments."""
    departments = [make_department(f"Crowd {n}").pk for n in range(DEPARTMENTS)]
    agents = [make_user(f"Crowd {n}", "agent").pk for n in range(AGENTS)]
    for department in departments[:5]:
        Membership.objects.create(user_id=agents[0], department_id=department)
    agent = User.objects.get(pk=agents[0])
    facts = _facts() | {"departments": departments, "agents": agents}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_CUSTOMERS, facts)
        cursor.execute("SELECT min(id) FROM customers_customer WHERE email LIKE %s", ["%@crowd%"])
        facts["customer"] = cursor.fetchone()[0]
        for statement in (_TICKETS, _MESSAGES, _DOCUMENTS, _EVENTS):
            cursor.execute(statement, facts)
        cursor.execute(f"ANALYZE {_TABLES}")
        # Nothing can be vacuumed inside a transaction: told, as autovacuum would have it.
        cursor.execute(_VISIBLE)
        # Looked at once; else every test of the module would look again when its savepoint ends.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return agent


def _facts() -> dict[str, object]:
    statuses = {row.kind: row.pk for row in Status.objects.all()}
    ranks = {row.rank: row.pk for row in Priority.objects.all()}
    return {
        "customers": CUSTOMERS,
        "tickets": TICKETS,
        "first": FIRST_NUMBER,
        "statuses": [statuses[kind] for kind in KINDS],
        "kinds": list(KINDS),
        "priorities": [ranks[rank] for rank in (1, 2, 3, 4)],
        "never": NO_DEADLINE,
    }
