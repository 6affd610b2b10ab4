"""Deadlines under crashes, downtime and moving clocks: D-17, D-18, D-27 of trust.md."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from contextlib import suppress

import pytest

from helpdesk.embedded.leash import spawn
from helpdesk.embedded.places import Places
from helpdesk.embedded.programs import Programs
from tests.calendars.cases import ALL_DAY, LUNCH, NIGHTS, S4
from tests.drills.rig import Rig, report, until
from tests.drills.witness import TABLE

ARMED = "SELECT count(*) FROM sla_slaclock WHERE next_fire_at <= now()"
WAITING = "SELECT count(*) FROM sla_firing WHERE outcome = 'claimed'"
BREACHED = "SELECT count(*) FROM sla_slaclock WHERE breached_at = due_at"
SEEN = "SELECT count(*), count(DISTINCT clock) FROM drill_witness WHERE threshold = %s"
TRUE_TIME = """
SELECT count(*) FROM sla_firing f JOIN sla_slaclock c ON c.id = f.clock_id
WHERE threshold = 'breach' AND scheduled_for = due_at + interval '1 second'
"""
EARLY = """
SELECT count(*) FROM drill_witness w JOIN sla_firing f USING (threshold, generation)
WHERE f.clock_id = w.clock AND w.at < f.scheduled_for
"""
LATENESS = """
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY late), percentile_disc(0.99)
       WITHIN GROUP (ORDER BY late), max(late)
FROM (SELECT extract(epoch FROM fired_at - scheduled_for)::float AS late FROM sla_firing
      WHERE threshold = 'breach') AS fired
"""


def timers(rig: Rig, count: int, *, lead: float, seconds: float) -> float:
    """Tickets whose deadlines come one after the other; when the first one does."""
    call = f"print(open_timers({count}, lead={lead}, seconds={seconds}))"
    return float(asked(rig, call))


def asked(rig: Rig, call: str) -> str:
    """What a call of tests.drills.timers prints last, in the drill's own database."""
    program = f"from tests.drills.timers import *\n{call}"
    return rig.manage("shell", "-v0", "-c", program).rstrip().split("\n")[-1]


def watched(rig: Rig) -> None:
    """Somebody listens."""
    rig.env["DRILL_WITNESS"] = "1"
    rig.run(TABLE)


def sweepers(rig: Rig, count: int) -> list[str]:
    """So many of each stage, on treadmills that run."""
    names = [f"{stage}@{number}" for number in range(count) for stage in ("sla.claim", "sla.act")]
    for name in names:
        rig.keep(name)
    until(lambda: all(map(rig.treader, names)), seconds=120, what="sweepers")
    return names


def second_beat(rig: Rig) -> subprocess.Popen[bytes]:
    """Somebody started beat on another machine as well."""
    programs = Programs(places=Places(rig.folder), env=rig.env)
    program = programs._celery("beat", "--schedule", str(rig.folder / "another-schedule"))
    child = spawn(program, output=subprocess.DEVNULL)
    rig.children.append((child, program))
    return child


def killed_at_random(rig: Rig, names: list[str], *, until_time: float) -> int:
    """Processes that claim or announce die in the middle of it; returns how many did."""
    chance, kills = random.Random(17), 0
    while time.time() < until_time:
        time.sleep(chance.uniform(0.1, 0.4))
        pid = rig.treader(chance.choice(names))
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills += 1
    return kills


def settled(rig: Rig, *, seconds: float) -> None:
    until(
        lambda: rig.count(ARMED) == 0 and rig.count(WAITING) == 0,
        seconds=seconds,
        what="no deadline left to fire",
    )


def seen(rig: Rig, threshold: str) -> tuple[int, int]:
    """How many announcements, and of how many clocks."""
    return rig.rows(SEEN, threshold)[0]


def test_d17_beats_and_sweepers_that_are_killed(rig, size):
    count, spread = size.of(2000, 60), size.of(180, 6)
    watched(rig)
    names = sweepers(rig, size.of(3, 2))
    if size.is_full:
        rig.keep("worker")
        rig.keep("beat")
        second_beat(rig)
    begin = timers(rig, count, lead=size.of(150, 5), seconds=spread)
    kills = killed_at_random(rig, names, until_time=begin + spread + 2)
    settled(rig, seconds=60)
    (breaches, clocks), (warnings, warned) = seen(rig, "breach"), seen(rig, "75%")
    median, p99, worst = rig.rows(LATENESS)[0]
    facts = {"kills": kills, "late_p50_s": median, "late_p99_s": p99, "late_max_s": worst}
    early, dup = rig.count(EARLY), breaches - clocks
    report(
        "D-17", **{"in": count}, out=breaches, lost=count - clocks, dup=dup, early=early, **facts
    )
    assert (breaches, clocks, early, rig.count(BREACHED)) == (count, count, 0, count)
    assert warnings == warned
    assert kills
    rig.verify()


@pytest.mark.thorough
def test_d18_workers_off_over_a_weekend(rig, size):
    count, weekend = size.of(500, 20), 60 * 3600
    watched(rig)
    timers(rig, count, lead=-weekend, seconds=weekend - 60)
    for name in ("worker", "beat"):
        rig.keep(name)
    settled(rig, seconds=180)
    (breaches, clocks), (warnings, _warned) = seen(rig, "breach"), seen(rig, "75%")
    lost, dup, true = count - clocks, breaches - clocks, rig.count(TRUE_TIME)
    report("D-18", **{"in": count}, out=breaches, lost=lost, dup=dup, warnings=warnings)
    # Of a clock that warned and broke in the meantime only the breach is worth a notice.
    assert (breaches, clocks, true, warnings) == (count, count, count, 0)
    rig.verify()


# Worked by hand: calendar, start, minutes, due.
TABLE_OF_DST = [
    (S4, "2025-03-08 15:00", 240, "2025-03-10 12:00"),
    (ALL_DAY, "2025-03-29 12:00", 1440, "2025-03-30 13:00"),
    (ALL_DAY, "2025-10-25 12:00", 1440, "2025-10-26 11:00"),
    (NIGHTS, "2025-10-24 22:00", 480, "2025-10-25 06:00"),
    (NIGHTS, "2025-03-28 23:00", 480, "2025-03-31 23:00"),
    (LUNCH, "2025-03-28 11:45", 120, "2025-03-28 14:45"),
    (S4, "2025-07-03 16:00", 240, "2025-07-05 12:00"),
]


@pytest.mark.thorough
def test_d27_clocks_that_jump_and_days_of_25_hours(rig, size):
    count, pause = size.of(300, 10), size.of(6, 2)
    watched(rig)
    sweepers(rig, 1)
    timers(rig, count, lead=-10, seconds=5)
    timers(rig, 5, lead=1800, seconds=1)
    for shift in (-3600, 0, 3600, -3600, 0, 3600, 0):
        (rig.folder / "clock-shift").write_text(str(shift))
        time.sleep(pause)
    settled(rig, seconds=60)
    breaches, clocks = seen(rig, "breach")
    found = json.loads(
        asked(rig, f"print(json.dumps([due(*row[:3]) for row in {TABLE_OF_DST!r}]))")
    )
    wrong = [pair for pair in zip(found, TABLE_OF_DST, strict=True) if pair[0] != pair[1][3]]
    lost, dup = count + 5 - clocks, breaches - clocks
    report("D-27", **{"in": count + 5}, out=breaches, lost=lost, dup=dup, wrong=len(wrong))
    assert (breaches, clocks, wrong) == (count + 5, count + 5, [])
    rig.verify()
