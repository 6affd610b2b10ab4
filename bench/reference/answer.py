"""django-helpdesk in a process of its own: asked for a page by name, it answers with milliseconds.

It runs in the throw-away environment of `bench.reference.side`, never in the product's.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

AGENTS, QUEUES, MESSAGES, LONG = 50, 20, 2, 200
ROWS = 50

_QUEUES = """
INSERT INTO helpdesk_queue (title, slug, locale, allow_public_submission, allow_email_submission,
    email_box_ssl, enable_notifications_on_email_events, permission_name, email_address,
    new_ticket_cc, updated_ticket_cc)
SELECT 'Queue ' || n, 'q' || n, 'en', true, true, false, false, 'helpdesk.queue_access_q' || n, '',
    '', '' FROM generate_series(1, 20) n
"""
# By hashes: remainders of one number agree with each other, and left the first agent no ticket.
_TICKETS = """
INSERT INTO helpdesk_ticket (id, title, queue_id, created, modified, submitter_email,
    assigned_to_id, status, on_hold, description, resolution, priority, secret_key)
SELECT n, 'word' || mod(n, 977) || ' word' || mod(n, 89), 1 + abs(hashint4(n)) %% 20,
    now() - (%(tickets)s - n) * interval '4 minutes', now() - (%(tickets)s - n) * interval '4 minutes',
    'c' || mod(n, 9973) || '@bench.example', CASE WHEN abs(hashint4(n + 10000000)) %% 5 > 0 THEN 1 + abs(hashint4(n + 20000000)) %% 50 END,
    CASE WHEN abs(hashint4(n + 30000000)) %% 100 < 15 THEN 1 ELSE 4 END, false, repeat('word ', 40), '',
    2 + mod(n, 3), n
FROM generate_series(1, %(tickets)s) n
"""
_FOLLOW_UPS = """
INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, user_id, message_id)
SELECT id, created, 'Comment', repeat('word ', 40), true, 1, ''
FROM helpdesk_ticket, generate_series(1, %(messages)s) WHERE id BETWEEN %(first)s AND %(last)s
"""


def main() -> None:
    import django

    django.setup()
    tickets = int(sys.argv[1])
    seed(tickets)
    pages = pages_of(tickets)
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        pages[line.strip()]()
        print(json.dumps((time.perf_counter() - began) * 1000), flush=True)


def seed(tickets: int) -> None:
    """The same number of tickets, agents and messages as ours; the first ticket has 200 more."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    # Without its templates no mail is written, and a reply would tell nobody.
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    for n in range(1, AGENTS + 1):  # one by one: a signal makes the settings of each
        User.objects.create(
            id=n, username=f"agent{n}", email=f"agent{n}@bench.example", is_staff=True
        )
    # Without the right to all queues every list would be empty; superusers see what ours see.
    User.objects.filter(pk=1).update(is_superuser=True)
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES)
        cursor.execute(_TICKETS, {"tickets": tickets})
        every = {"messages": MESSAGES, "first": 1, "last": tickets}
        cursor.execute(_FOLLOW_UPS, every)
        cursor.execute(_FOLLOW_UPS, every | {"messages": LONG, "last": 1})
        cursor.execute("VACUUM ANALYZE")


def pages_of(tickets: int) -> dict[str, Callable[[], Any]]:
    """The pages by the names `bench.reference.side` gives them."""
    from django.contrib.auth.models import User
    from django.test import Client

    browser = Client()
    browser.force_login(User.objects.get(pk=1))

    def get(path: str) -> Any:
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def listed(filters: str) -> None:
        """The page, and the request for its rows that it makes at once."""
        page = get(f"/tickets/?sortx=created&{filters}").content.decode()
        query = page.split("datatables_ticket_list/")[1].split('"')[0].split("'")[0]
        get(f"/datatables_ticket_list/{query}?draw=1&start=0&length={ROWS}")

    def reply() -> None:
        written = {
            "title": "word1 word2",
            "queue": "1",
            "priority": "3",
            "owner": "0",
            "comment": "On our way.",
            "public": "1",
            "new_status": "1",
        }
        answer = browser.post(f"/tickets/{tickets}/update/", written)
        assert answer.status_code == 302, answer.status_code

    return {
        "open list": lambda: listed("status=1"),
        "mine": lambda: listed("status=1&assigned_to=1"),
        "ticket": lambda: get(f"/tickets/{tickets}/"),
        "ticket, 200 messages": lambda: get("/tickets/1/"),
        "reply": reply,
    }


if __name__ == "__main__":
    main()
