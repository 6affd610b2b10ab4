"""Rules and assignment under two beats, a dead broker and workers killed in the middle."""

from __future__ import annotations

import time

import pytest

from tests.drills.rig import Rig, report, until
from tests.drills.test_deadlines import killed_at_random

FIRED = "SELECT count(*) FROM automation_timedfiring WHERE count > 0"
EFFECTS = """
SELECT effect->>'effect', count(*), count(DISTINCT run_id) FROM automation_effectrun
WHERE state = 'done' GROUP BY 1
"""
NOT_DONE = "SELECT count(*) FROM automation_effectrun WHERE state <> 'done'"
FLAGGED = "SELECT count(*) FROM tickets_event WHERE kind = 'escalated'"
TOLD = "SELECT count(*), count(DISTINCT key) FROM notifications_notification"
WAITING = "SELECT count(*) FROM automation_waitingticket"
GIVEN = """
SELECT count(*), count(DISTINCT ticket_id) FROM tickets_event
WHERE data->'changes' ? 'assignee' AND actor_kind = 'rule'
"""
SPREAD = """
SELECT max(n) - min(n) FROM (SELECT count(t.id) AS n FROM accounts_membership m
    LEFT JOIN tickets_ticket t ON t.assignee_id = m.user_id GROUP BY m.user_id) AS each
"""


def treadmills(rig: Rig, sweep: str, count: int) -> list[str]:
    """So many beats of one sweep, each in a process that can be killed."""
    names = [f"{sweep}@{number}" for number in range(count)]
    for name in names:
        rig.keep(name)
    until(lambda: all(map(rig.treader, names)), seconds=120, what="sweepers")
    return names


def made(rig: Rig, *calls: str) -> None:
    """What tests.drills.rulebook makes, in the drill's own database."""
    program = "\n".join(["from tests.drills.rulebook import *", *calls])
    rig.manage("shell", "-v0", "-c", program)


@pytest.mark.thorough
def test_timed_rules_fire_once_however_often_their_workers_die(rig, size):
    count = size.of(300, 20)
    made(rig, "crew(3)", f"unanswered_tickets({count})")
    names = treadmills(rig, "automation.timed", 3)
    kills = killed_at_random(rig, names, until_time=time.time() + size.of(20, 4))
    until(lambda: rig.count(FIRED) == count, seconds=180, what="every ticket acted on")
    effects = {name: (rows, runs) for name, rows, runs in rig.rows(EFFECTS)}
    told, keys = rig.rows(TOLD)[0]
    report("rules", **{"in": count}, out=effects["add_tags"][0], told=told, kills=kills)
    assert effects == dict.fromkeys(("flag_escalated", "add_tags", "notify"), (count, count))
    assert (rig.count(NOT_DONE), rig.count(FLAGGED), told, keys) == (0, count, count, count)
    assert kills
    rig.verify()


@pytest.mark.thorough
def test_waiting_tickets_are_given_once_and_fairly(rig, size):
    count = size.of(3000, 40)
    made(rig, "crew(10)", f"waiting_tickets({count})")
    names = treadmills(rig, "automation.assign", size.of(6, 2))
    kills = killed_at_random(rig, names, until_time=time.time() + size.of(30, 3))
    until(lambda: rig.count(WAITING) == 0, seconds=180, what="nobody waits")
    given, tickets = rig.rows(GIVEN)[0]
    spread = rig.count(SPREAD)
    report(
        "assignment", **{"in": count}, out=given, dup=given - tickets, spread=spread, kills=kills
    )
    assert (given, tickets, count % 10 or spread <= 1) == (count, count, True)
    rig.verify()
