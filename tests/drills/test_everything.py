"""Redis killed, and everything killed: D-14 and D-30 of trust.md."""

from __future__ import annotations

import random
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.drills.rig import Rig, letter, marks, report, until
from tests.drills.test_mail_in import TICKETS, arrived
from tests.drills.test_mail_out import UNSENT, delivered, replied
from tests.drills.test_web import served


@pytest.mark.thorough
def test_d14_redis_killed_with_wake_ups_queued(rig, size):
    served(rig)
    client = rig.browser()
    sent = replied(rig, size.of(200, 9))
    rig.redis.kill()
    rig.redis.start()
    assert client.get("/admin/tickets").status_code == 200
    rig.keep("worker")
    rig.keep("beat")
    took = until(lambda: rig.count(UNSENT) == 0, seconds=180, what="an empty outbox")
    times = delivered(rig, sent)
    lost, doubled = sum(c == 0 for c in times.values()), sum(c > 1 for c in times.values())
    report(
        "D-14",
        **{"in": len(sent)},
        out=sum(times.values()),
        lost=lost,
        dup=doubled,
        recovery_s=round(took, 1),
    )
    assert (lost, doubled) == (0, 0)
    rig.verify()


def test_d30_everything_killed_again_and_again(rig, size):
    sent, rounds = marks(size.of(400, 16)), size.of(20, 3)
    chance, children, exits = random.Random(30), start_everything(rig), []
    for part in (sent[start::rounds] for start in range(rounds)):
        with ThreadPoolExecutor(4) as pool:
            piping = [pool.submit(rig.pipe, letter(mark)) for mark in part]
            time.sleep(chance.uniform(0.5, 3))
            kill_everything(rig, children)
            exits += [job.result() for job in piping]
        children = start_everything(rig)
    assert set(exits) == {0}
    until(lambda: rig.count(TICKETS) >= len(sent), seconds=300, what="all tickets")
    found = arrived(rig, sent)
    lost, doubled = sum(c == 0 for c in found.values()), sum(c > 1 for c in found.values())
    report(
        "D-30", **{"in": len(sent)}, out=sum(found.values()), lost=lost, dup=doubled, kills=rounds
    )
    assert (lost, doubled) == (0, 0)
    rig.verify()


def start_everything(rig: Rig) -> list[subprocess.Popen[bytes]]:
    """The engines, should they lie dead, then the product."""
    for engine in (rig.database, rig.redis):
        if engine.child is None:
            engine.start()
    return [rig.keep(name) for name in ("web", "worker", "beat", "sweeper")]


def kill_everything(rig: Rig, children: list[subprocess.Popen[bytes]]) -> None:
    """As a power cut does."""
    for child in children:
        rig.kill(child)
    rig.database.kill()
    rig.redis.kill()
