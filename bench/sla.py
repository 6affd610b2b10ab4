"""Clocks: folds, sweeps with one and two workers, an idle sweep, and what a reply pays for them.

    python -m bench.sla [200000 1000000]

Seeds a throw-away cluster, measures, and writes docs/benchmarks.md. Business time alone: bench.sla_engine.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.queue import ROOT, TUNING, run
from helpdesk.embedded.engines import postgres, valkey

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- sla -->", "<!-- /sla -->"
ROUNDS = 9
STAGE_SECONDS = 30
GOALS = {
    "fold of 50 entries, ms": ("<", 0.5),
    "claim, clocks/s, 1 worker": (">", 2000),
    "claim, clocks/s and worker, 2 workers": (">", 2000),
    "idle sweep, ms": ("<", 1.0),
}
Figures = dict[str, float]


def main(sizes: list[int]) -> None:
    armed, idle = sizes
    with tempfile.TemporaryDirectory(prefix="hb-", dir=_ram()) as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("pg", "vk", "run"):
            (folder / part).mkdir()
        with (
            postgres(folder / "pg", folder / "run", fsync=False, settings=TUNING) as database,
            valkey(folder / "vk", folder / "run") as redis,
        ):
            env = _environment(name, database.url, redis.url)
            run(env, "manage.py", "migrate", "--no-input", "-v0")
            figures = json.loads(run(env, "-m", "bench.sla", "costs").splitlines()[-1])
            figures |= _sweeps(env, armed)
            run(env, "-m", "bench.sla", "arm", str(idle), "ahead")
            figures |= json.loads(run(env, "-m", "bench.sla", "idle").splitlines()[-1])
    _write(table(figures, armed=armed, idle=idle))


def _ram() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- the RAM disk


def _environment(folder: str, database: str, redis: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "bench" * 12,
        "VAR_DIR": folder,
        "STATEMENT_TIMEOUT_MS": "0",
        "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
        "LOG_LEVEL": "ERROR",
    }


def _sweeps(env: dict[str, str], armed: int) -> Figures:
    """Claim, then announce, all of them: by one worker, then anew by two."""
    figures: Figures = {}
    for workers in (1, 2):
        run(env, "-m", "bench.sla", "arm", str(armed), "late")
        for stage, words in (("claim", "clocks"), ("act", "firings")):
            rate = _together(env, stage, workers)
            and_worker = " and worker" if workers > 1 else ""
            plural = "s" if workers > 1 else ""
            figures[f"{stage}, {words}/s{and_worker}, {workers} worker{plural}"] = rate / workers
    return figures


def _together(env: dict[str, str], stage: str, workers: int) -> float:
    """So many at once; how many in all, per second of the slowest."""
    command = [sys.executable, "-m", "bench.sla", stage]
    children = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        for _worker in range(workers)
    ]
    told = [json.loads(child.communicate()[0].splitlines()[-1]) for child in children]
    return sum(row["done"] for row in told) / max(row["seconds"] for row in told)


# -- inside the throw-away database -----------------------------------------------------


def arm(count: int, when: str) -> None:
    """Clocks with a ledger of one line on tickets made by SQL: all late, or all in a year."""
    from django.db import connection

    distance = "- interval '1 hour'" if when == "late" else "+ interval '1 year'"
    due = f"date_trunc('second', now()) {distance}"
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY)
        for statement in (_TICKETS, _CLOCKS, _ENTRIES):
            cursor.execute(statement.format(count=count, due=due))
        cursor.execute("VACUUM ANALYZE")


def stage_rate(stage: str) -> dict[str, float]:
    """Run one stage until nothing is left or half a minute is over."""
    from core import clock
    from sla import sweep

    done, began = 0, time.perf_counter()
    while time.perf_counter() < began + STAGE_SECONDS:
        count = getattr(sweep, stage)(clock.now())
        done += count
        if not count:
            break
    return {"done": done, "seconds": time.perf_counter() - began}


def idle() -> Figures:
    from core import clock
    from sla import sweep

    return {"idle sweep, ms": _median(lambda: sweep.claim(clock.now()), repeats=50)}


def costs() -> Figures:
    """A fold of fifty entries, and a reply with and without anything promised."""
    return {"fold of 50 entries, ms": _fold(), **_replies()}


def _fold() -> float:
    from calendars.models import BusinessCalendar
    from core import clock
    from sla.ledger import Entry, fold
    from sla.versions import stored_calendars

    version = BusinessCalendar.objects.get(is_default=True).versions.get().pk
    begin = clock.now().replace(microsecond=0) - timedelta(days=90)
    terms = {"target_s": 400 * 3600, "calendar": version, "thresholds": ["75%"], "grace_s": 0}
    entries = [Entry("start", begin, terms)] + [
        Entry("resume" if number % 2 else "pause", begin + timedelta(hours=30 * number))
        for number in range(1, 50)
    ]
    return _median(lambda: fold(entries, stored_calendars, clock.now()), repeats=200)


def _replies() -> Figures:
    """The same reply to tickets with four promises and without one, taking turns."""
    from accounts.models import Department, User
    from core import clock
    from sla.actions.rules import put_in_force
    from sla.models import SlaPolicy
    from tests.drills.timers import opened
    from tests.factories import make_department, make_reply, make_user

    make_department("Technical", is_default=True)
    ada = make_user("Ada", "agent", Department.objects.get())
    assert User.objects.exists()
    policy = SlaPolicy.objects.create(name="Everybody")
    for metric in ("first_response", "next_response", "update", "resolution"):
        policy.targets.create(metric=metric, amount=8, unit="hours", thresholds=["75%"])
    times: dict[str, list[float]] = {"with": [], "without": []}
    for number in range(60):
        is_promised = number % 2 == 0
        SlaPolicy.objects.update(is_enabled=is_promised)
        put_in_force(actor=None, now=clock.now())
        ticket = opened(clock.now())
        began = time.perf_counter()
        make_reply(ticket, ada, now=clock.now())
        times["with" if is_promised else "without"].append((time.perf_counter() - began) * 1000)
    promised, plain = (statistics.median(times[name][5:]) for name in ("with", "without"))
    return {"reply with four promises, ms": promised, "reply without a promise, ms": plain}


def _median(side: Callable[[], Any], *, repeats: int) -> float:
    """Milliseconds of one call: the median of rounds."""
    side()
    rounds = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        for _number in range(repeats):
            side()
        rounds.append((time.perf_counter() - began) / repeats * 1000)
    return statistics.median(rounds)


# -- the page ---------------------------------------------------------------------------


def table(figures: Figures, *, armed: int, idle: int) -> str:
    load = os.getloadavg()[0]
    lines = [
        f"{armed:,} clocks to sweep, {idle:,} at rest; load of the machine at the end {load:.1f}.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
    ]
    for name, value in figures.items():
        sign, goal = GOALS.get(name, ("", 0.0))
        holds = value < goal if sign == "<" else value > goal
        words = f"{sign} {goal:g} {'met' if holds else '*not met*'}" if sign else ""
        lines.append(f"| {name} | {value:,.2f} | {words} |")
    return "\n".join(lines)


def _write(text: str) -> None:
    print(text)
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


_EMPTY = """
SET helpdesk.erasing = 'on';
TRUNCATE sla_firing, sla_clockentry, sla_slaclock, sla_coverage, tickets_ticket CASCADE;
SET synchronous_commit = off
"""
_TICKETS = """
INSERT INTO tickets_ticket (
    number, public_id, thread_token, subject, full_subject, customer_id, department_id, status_id,
    status_kind, priority_id, priority_rank, channel, is_open, is_spam, sla_due_at, sla_risk_at,
    sla_metric, sla_state, promised_at, next_due_at, due_reason, created_at, updated_at,
    waiting_since, last_customer_at, reopened_count, message_count, last_message_preview,
    last_message_by, escalation_level, unassigned_since, last_human_at
)
SELECT n, gen_random_uuid(), lpad(n::text, 26, '0'), 'Bench', '', c.id, d.id, s.id, s.kind, p.id,
       p.rank, 'email', true, false, {due}, {due}, 'first_response', 'running',
       '9999-01-01', {due}, 'sla', now(), now(), now(), now(), 0, 1, '', 'customer',
       0, now(), now()
FROM generate_series(1000000, 999999 + {count}) AS n,
     (SELECT min(id) AS id FROM customers_customer) c,
     (SELECT min(id) AS id FROM accounts_department) d,
     (SELECT id, kind FROM tickets_status ORDER BY id LIMIT 1) s,
     (SELECT id, rank FROM tickets_priority ORDER BY id LIMIT 1) p
"""
_CLOCKS = """
INSERT INTO sla_slaclock (
    ticket_id, metric, cycle, state, started_at, reason, source, target_s, elapsed_s, due_at,
    generation, schedule, fired, next_fire_at
)
SELECT id, 'first_response', 1, 'running', sla_due_at - interval '1 hour', '', 'policy', 3600, 0,
       sla_due_at, 0,
       jsonb_build_array(
           jsonb_build_array('75%', 0, sla_due_at - interval '15 minutes'),
           jsonb_build_array('breach', 0, sla_due_at + interval '1 second')
       ), '{{}}', sla_due_at - interval '15 minutes'
FROM tickets_ticket
"""
_ENTRIES = """
INSERT INTO sla_clockentry (clock_id, seq, kind, at, data)
SELECT c.id, 1, 'start', c.started_at, jsonb_build_object(
    'target_s', 3600, 'calendar', v.id, 'thresholds', jsonb_build_array('75%'), 'grace_s', 0)
FROM sla_slaclock c, (
    SELECT v.id FROM calendars_calendarversion v
    JOIN calendars_businesscalendar b ON b.id = v.calendar_id WHERE b.slug = '24x7'
) v
"""


def inside(stage: str, *arguments: str) -> None:
    import django

    django.setup()
    if stage == "arm":
        arm(int(arguments[0]), arguments[1])
        return
    deeds: dict[str, Callable[[], Any]] = {"costs": costs, "idle": idle}
    print(json.dumps(deeds[stage]() if stage in deeds else stage_rate(stage)))


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].isalpha():
        inside(*sys.argv[1:])
    else:
        main([int(size) for size in sys.argv[1:]] or [200_000, 1_000_000])
