"""Assignments per second: eight workers at once, in one department and in four (P11).

    python -m bench.assignment [4000]

Seeds a throw-away cluster with tickets that wait, gives them out, and writes docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from bench.queue import ROOT, TUNING, run
from helpdesk.embedded.engines import postgres, valkey

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- assignment -->", "<!-- /assignment -->"
WORKERS, AGENTS, GOAL = 8, 10, 300
PLANS = (1, 4)


def main(tickets: int) -> None:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- the RAM disk
    with tempfile.TemporaryDirectory(prefix="hb-", dir=memory) as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("pg", "vk", "run"):
            (folder / part).mkdir()
        with (
            postgres(folder / "pg", folder / "run", fsync=False, settings=TUNING) as database,
            valkey(folder / "vk", folder / "run") as redis,
        ):
            env = {
                **os.environ,
                "DATABASE_URL": database.url,
                "REDIS_URL": redis.url,
                "SECRET_KEY": "bench" * 12,
                "VAR_DIR": name,
                "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
                "LOG_LEVEL": "ERROR",
            }
            run(env, "manage.py", "migrate", "--no-input", "-v0")
            rows = [measured(env, departments, tickets) for departments in PLANS]
    write(table(rows, tickets))


def measured(env: dict[str, str], departments: int, tickets: int) -> dict[str, Any]:
    """Seed, let all workers go at once, look whether everybody got the same."""
    run(env, "-m", "bench.assignment", "seed", str(departments), str(tickets))
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.assignment", "work"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _worker in range(WORKERS)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "ready"
    began = time.perf_counter()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    given = sum(json.loads(child.communicate()[0].splitlines()[-1]) for child in children)
    seconds = time.perf_counter() - began
    spread = json.loads(run(env, "-m", "bench.assignment", "spread").splitlines()[-1])
    assert given == tickets, (given, tickets)
    return {"departments": departments, "rate": given / seconds, "spread": spread}


# -- inside the throw-away database -----------------------------------------------------


def seed(departments: int, tickets: int) -> None:
    """Departments with agents of their own, and copies of one ticket that all wait."""
    from django.utils import timezone

    from automation.assigning.pool import seat_members
    from automation.models import AgentSeat, Assignment, RoutingPlan, WaitingTicket
    from tests.factories import make_customer, make_department, make_ticket, make_user
    from tickets.models import Ticket

    Assignment.objects.all().delete()
    now, each = timezone.now(), tickets // departments
    for place in range(departments):
        department = make_department(f"Bench {departments} {place}")
        for number in range(AGENTS):
            make_user(f"Agent{departments}-{place}-{number}", "agent", department)
        seat_members(department.pk)
        first = make_ticket(make_customer(f"C{departments}{place}"), department)
        copies = [copy_of(first, number) for number in range(each)]
        rows = Ticket.objects.bulk_create(copies, batch_size=1_000)
        WaitingTicket.objects.bulk_create(
            WaitingTicket(ticket=row, department=department, since=now) for row in rows
        )
    RoutingPlan.objects.update(is_enabled=True)
    AgentSeat.objects.update(hard_cap=tickets, push_below=tickets)


def copy_of(ticket: Any, number: int) -> Any:
    from tickets.models import Ticket

    facts = {
        column.attname: getattr(ticket, column.attname)
        for column in Ticket._meta.concrete_fields
        if not column.primary_key
    }
    token = uuid.uuid4().hex[:26]
    return Ticket(
        **facts
        | {
            "number": ticket.number + 10_000_000 * ticket.department_id + number,
            "public_id": uuid.uuid4(),
            "thread_token": token,
        }
    )


def work() -> int:
    """As the sweep does, until nothing waits."""
    from automation.assigning.giving import give_out_all
    from automation.models import RoutingPlan, WaitingTicket
    from core import clock

    plans = list(RoutingPlan.objects.values_list("department_id", flat=True))
    done, turn = 0, os.getpid()
    print("ready", flush=True)
    sys.stdin.readline()
    while WaitingTicket.objects.exists():
        turn += 1
        given = give_out_all(plans[turn % len(plans)], clock.now())
        done += given
        if not given:
            time.sleep(0.1)  # somebody else has the department; a task would end here
    return done


def spread() -> int:
    """The widest difference between two agents of one department."""
    from django.db.models import Count

    from automation.models import Assignment

    given = Assignment.objects.given().values("department", "chosen")
    rows = list(given.annotate(count=Count("pk")).values_list("department", "count"))
    counts = [[count for place, count in rows if place == one] for one in {p for p, _c in rows}]
    return max(max(found) - min(found) for found in counts)


# -- the page ---------------------------------------------------------------------------


def table(rows: list[dict[str, Any]], tickets: int) -> str:
    lines = [
        f"{tickets:,} waiting tickets, {AGENTS} agents a department, {WORKERS} workers at once; "
        f"goal (P11): {GOAL} a second.",
        "",
        "| departments | assignments/s | widest difference between two agents |",
        "|---|---|---|",
        *(f"| {row['departments']} | {row['rate']:,.0f} | {row['spread']} |" for row in rows),
    ]
    return "\n".join(lines)


def write(text: str) -> None:
    print(text)
    page = PAGE.read_text()
    block = f"{BEGIN}\n{text}\n{END}"
    if BEGIN in page:
        head, rest = page.split(BEGIN)
        page = head + block + rest.split(END)[1]
    else:
        page = f"{page.rstrip()}\n\n## Assignment (`python -m bench.assignment`)\n\n{block}\n"
    PAGE.write_text(page)


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].isdecimal():
        import django

        django.setup()
        stage, *numbers = sys.argv[1:]
        answer = {"seed": seed, "work": work, "spread": spread}[stage](*map(int, numbers))
        print(json.dumps(answer))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
