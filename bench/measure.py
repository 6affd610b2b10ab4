"""Times pages of one database beside the framework floor and django-helpdesk, in turns, in one run.

Everything is asked in process through Django's test client, the reference in a process of its own
that answers with what it measured. Nothing is instrumented: no signals of rendered templates.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bench.reference.side import PAGES, Ask, reference

ROUNDS, REPEATS, REFERENCE_REPEATS = 7, 12, 2
LONG, SEARCHED_AGAIN = 200, 3
QUEUE = "/admin/tickets"
FLOOR_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bench.floor.urls.below",
]
_LONG_THREAD = """
INSERT INTO tickets_message (ticket_id, kind, channel, author_name, author_email, text, html,
    quoted_text, quoted_html, sanitiser_version, language, recipients_to, recipients_cc,
    recipients_bcc, is_automatic, is_unverified, is_held, authentication, delivery_state,
    delivery_detail, created_at)
SELECT ticket_id, kind, channel, author_name, author_email, text, html, quoted_text, quoted_html,
    sanitiser_version, language, recipients_to, recipients_cc, recipients_bcc, is_automatic,
    is_unverified, is_held, authentication, delivery_state, delivery_detail, created_at
FROM (SELECT * FROM tickets_message WHERE ticket_id = %s ORDER BY id LIMIT 1) one,
    generate_series((SELECT count(*) FROM tickets_message WHERE ticket_id = one.ticket_id) + 1, %s)
"""
Side = Callable[[], float]


def browser() -> Any:
    """One agent of five departments; csrf is not asked for, as in the reference."""
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(pk=1), backend="django.contrib.auth.backends.ModelBackend")
    return client


def floored() -> Any:
    """The same agent below the floor's middleware, loaded once.

    Settings stay as they are afterwards: each change of ROOT_URLCONF would make whoever is asked
    next build all routes again.
    """
    from django.test.utils import override_settings

    client = browser()
    with override_settings(MIDDLEWARE=FLOOR_MIDDLEWARE):
        client.handler.load_middleware()
    return client


def side(client: Any, path: str) -> Side:
    """Milliseconds of a GET."""

    def get() -> float:
        began = time.perf_counter()
        answer = client.get(path)
        spent = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, (path, answer.status_code)
        return spent

    return get


def replying(client: Any, ticket: Any) -> Side:
    """Milliseconds of a reply, all of its reactions included."""
    seen, to = ticket.last_message_id, ticket.customer.email

    def reply() -> float:
        nonlocal seen
        written = {
            "kind": "reply",
            "text": "On our way.",
            "to": to,
            "last_seen_message_id": seen,
            "idempotency_key": str(uuid.uuid4()),
        }
        began = time.perf_counter()
        answer = client.post(f"{QUEUE}/ticket/{ticket.number}/messages", written)
        spent = (time.perf_counter() - began) * 1000
        assert answer.status_code == 303, (answer.status_code, answer.content[:2000])
        seen = int(answer.headers["Location"].rpartition("#message-")[2])
        client.cookies.pop("messages", None)  # the page that follows has shown what it says
        return spent

    return reply


def with_clocks(ticket: Any) -> Any:
    """The ticket under the policies of a fresh installation, as every ticket of one that works."""
    from django.db import transaction

    from core import clock
    from sla.actions.presets import ensure_policies
    from sla.following import catch_up
    from tickets.actions.record import lock_ticket

    with transaction.atomic():
        ensure_policies(actor=None, now=clock.now())
        catch_up(lock_ticket(ticket), now=clock.now())
    return ticket


def paired(sides: dict[str, Side], repeats: Callable[[str], int]) -> dict[str, list[float]]:
    """Milliseconds of each side, a median per round, the sides taking turns."""
    rounds: dict[str, list[float]] = {name: [] for name in sides}
    for ask in sides.values():
        for _ in range(2):
            ask()
    for _round in range(ROUNDS):
        times: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(REPEATS):
            for name, ask in sides.items():
                if turn < repeats(name):
                    times[name].append(ask())
        for name, spent in times.items():
            rounds[name].append(statistics.median(spent))
    return rounds


def statements(ask: Side) -> int:
    """How many statements a page asks once its small tables are remembered."""
    from django.db import connection

    counted = 0

    def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        nonlocal counted
        # Savepoints and transactions are not counted (performance.md 5).
        counted += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, params, many, context)

    ask()
    with connection.execute_wrapper(count):
        ask()
    return counted


def searching(client: Any, words: list[str]) -> dict[str, list[float]]:
    """Milliseconds of SQL of a search for each word: the first time, and of three times more."""
    from django.db import connection

    spent = 0.0

    def clocked(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        answer = execute(sql, params, many, context)
        spent += (time.perf_counter() - began) * 1000
        return answer

    found: dict[str, list[float]] = {"first": [], "again": []}
    with connection.execute_wrapper(clocked):
        for word in words:
            for turn in range(1 + SEARCHED_AGAIN):
                spent = 0.0
                client.get("/admin/search", {"q": word})
                found["again" if turn else "first"].append(spent)
    return found


def counting() -> float:
    """Milliseconds of the counters of all views, not remembered."""
    from accounts.models import User
    from core import clock
    from desk.queue import VIEWS, _counted

    user = User.objects.get(pk=1)
    began = time.perf_counter()
    _counted(list(VIEWS), user, clock.now())
    return (time.perf_counter() - began) * 1000


def own_sides(client: Any) -> dict[str, Side]:
    """Our pages and the floor's; one ticket gets a long thread first."""
    from django.db import connection

    from tickets.models import Ticket

    floor = floored()
    seen = Ticket.objects.filter(is_open=True, department__memberships__user=1)
    few, many = seen.order_by("pk")[:2]
    # A kept database was measured before, and what was answered then has grown.
    others = seen.exclude(pk__in=[few.pk, many.pk])
    answered = others.order_by("message_count", "pk")[0]
    with connection.cursor() as cursor:
        cursor.execute(_LONG_THREAD, [many.pk, LONG])
        cursor.execute("ANALYZE tickets_message")
    return {
        "floor, tight": side(floor, "/tight"),
        "floor, idiomatic": side(floor, "/idiomatic"),
        "queue": side(client, QUEUE),
        "queue, three filters": side(client, f"{QUEUE}?view=all&status=1&priority=2"),
        "mine": side(client, f"{QUEUE}?view=mine"),
        "queue, page 100": side(client, _page(client, 100)),
        "counters": side(client, f"{QUEUE}/counters"),
        "counters, not remembered": counting,
        "ticket": side(client, f"{QUEUE}/ticket/{few.number}"),
        "ticket, 200 messages": side(client, f"{QUEUE}/ticket/{many.number}"),
        "reply": replying(client, with_clocks(answered)),
        "search": side(client, "/admin/search?q=bench"),
    }


def main(tickets: int) -> None:
    import django

    django.setup()
    from django.conf import settings

    from bench.seed import Seed

    settings.ALLOWED_HOSTS = ["testserver"]
    client = browser()
    sides = own_sides(client)
    counted = {name: statements(ask) for name, ask in sides.items()}
    words = Seed(tickets)._vocabulary
    bands = {"common": words[:15], "medium": words[200:215], "rare": words[15_000:15_015]}
    with (
        tempfile.TemporaryDirectory(prefix="hb-") as folder,
        reference(Path(folder), tickets) as ask,
    ):
        theirs = _theirs(ask) if ask else {}
        rounds = paired(
            {**sides, **theirs},
            lambda name: REFERENCE_REPEATS if name in theirs else REPEATS,
        )
    answer = {
        "rounds": rounds,
        "statements": counted,
        "search": {band: searching(client, asked) for band, asked in bands.items()},
    }
    print(json.dumps(answer))


def _theirs(ask: Ask) -> dict[str, Side]:
    return {f"django-helpdesk, {page}": lambda page=page: ask(page) for page in PAGES}  # type: ignore[misc]  # a default binds the page of this turn


def _page(client: Any, wanted: int) -> str:
    """The address of a page deep in the list, found by following its links."""
    path = f"{QUEUE}?view=closed"
    for _ in range(wanted):
        link = re.search(r'href="([^"]*[?;]after=[^"]*)"', client.get(path).content.decode())
        if link is None:
            break
        path = urljoin(QUEUE, unescape(link[1]))
    return path


if __name__ == "__main__":
    main(int(sys.argv[1]))
