"""Mail in: D-01 to D-05 and D-24 of trust.md."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.drills.rig import Rig, letter, marks, report, until

TICKETS = "SELECT count(*) FROM tickets_ticket"
SUBJECTS = "SELECT subject FROM tickets_ticket"
RECEIPTS = "SELECT count(*) FROM mailpipe_outgoingmail WHERE kind = 'receipt'"
DRAIN = "mailpipe.drain"
SETTLED = "SELECT count(*) FROM mailpipe_inboundmail WHERE settled_at IS NOT NULL"


def piped(rig: Rig, sent: list[str], *, at_once: int = 4) -> list[int]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda mark: rig.pipe(letter(mark)), sent))


def arrived(rig: Rig, sent: list[str]) -> dict[str, int]:
    """Each mark counted among the tickets."""
    subjects = [subject for (subject,) in rig.rows(SUBJECTS)]
    return {mark: subjects.count(f"Drill {mark}") for mark in sent}


def account(drill: str, rig: Rig, sent: list[str], **facts: object) -> None:
    found = arrived(rig, sent)
    lost = sum(count == 0 for count in found.values())
    doubled = sum(count - 1 for count in found.values() if count > 1)
    report(drill, **{"in": len(sent)}, out=sum(found.values()), lost=lost, dup=doubled, **facts)
    assert (lost, doubled) == (0, 0)
    assert rig.count(TICKETS) == len(sent)
    rig.verify()


def test_d01_database_down_while_mail_arrives(rig, size):
    sent = marks(size.of(1000, 45))
    third = len(sent) // 3
    rig.keep(DRAIN)
    exits = piped(rig, sent[:third])
    rig.database.kill()
    exits += piped(rig, sent[third : 2 * third])
    rig.database.start()
    back = time.monotonic()
    exits += piped(rig, sent[2 * third :])
    assert set(exits) == {0}
    until(lambda: rig.count(TICKETS) >= len(sent), seconds=120, what="all tickets")
    account("D-01", rig, sent, recovery_s=round(time.monotonic() - back, 1))


def test_d02_redis_dead_throughout(rig, size):
    sent = marks(size.of(1000, 30))
    rig.redis.kill()
    for name in ("worker", "beat", "sweeper"):
        rig.keep(name)
    began = time.monotonic()
    assert set(piped(rig, sent)) == {0}
    piped_s = time.monotonic() - began
    until(lambda: rig.count(TICKETS) >= len(sent), seconds=120, what="all tickets")
    late = time.monotonic() - began - piped_s
    account("D-02", rig, sent, added_latency_s=round(late, 1))
    assert late < 45  # a sweep every 10 s, and the sweeper's own start


def test_d03_full_or_read_only_spool_asks_to_come_again(rig, size):
    sent = marks(size.of(40, 6))
    blocked = rig.folder / "blocked"
    blocked.write_text("a file where the folder should be")
    exits = [rig.pipe(letter(mark), spool=blocked) for mark in sent]
    full = Path("/dev/full")
    assert set(exits) == {75}
    assert full.exists()
    assert list(rig.folder.glob("blocked/*")) == []
    assert set(piped(rig, sent)) == {0}
    rig.manage("mailpipe", "--drain")
    account("D-03", rig, sent, refused=len(exits))


def test_d04_intake_killed_again_and_again(rig, size):
    sent, kills = marks(size.of(500, 24)), size.of(40, 3)
    rig.keep(DRAIN)
    done = 0
    with ThreadPoolExecutor(1) as pool:
        piping = pool.submit(piped, rig, sent)
        while done < kills:
            time.sleep(0.5)
            if pid := rig.treader(DRAIN):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    done += 1
        assert set(piping.result()) == {0}
    # A mail a crash interrupted is tried again after a minute.
    until(lambda: rig.count(TICKETS) >= len(sent), seconds=240, what="all tickets")
    assert rig.count(RECEIPTS) == len(sent)
    account("D-04", rig, sent, kills=done)


def test_d05_every_mail_three_times_at_once(rig, size):
    sent = marks(size.of(300, 20))
    rig.keep(DRAIN)
    assert set(piped(rig, [mark for mark in sent for _ in range(3)], at_once=8)) == {0}
    until(lambda: rig.count(TICKETS) >= len(sent), seconds=120, what="all tickets")
    until(lambda: not list(rig.spool.glob("[0-9]*")), seconds=60, what="an empty spool")
    assert rig.count(RECEIPTS) == len(sent)
    account("D-05", rig, sent, copies=3)


def bomb() -> bytes:
    """Three thousand multiparts, each in the other."""
    kind = "Content-Type: multipart/mixed; boundary=a"
    layers = "".join(f"--a{n}\r\n{kind}{n + 1}\r\n\r\n" for n in range(3000))
    return f"From: x@y.example\r\nSubject: bomb\r\n{kind}0\r\n\r\n{layers}".encode()


def test_d24_poison_blocks_nobody(rig, size):
    sent = marks(size.of(199, 12))
    half = len(sent) // 2
    exits = [*piped(rig, sent[:half]), rig.pipe(bomb()), rig.pipe(b""), *piped(rig, sent[half:])]
    assert set(exits) == {0}
    rig.keep(DRAIN)
    until(lambda: rig.count(SETTLED) >= len(sent) + 2, seconds=120, what="every mail settled")
    found = arrived(rig, sent)
    report("D-24", **{"in": len(sent)}, out=sum(found.values()), lost=0, dup=0, poison=2)
    assert set(found.values()) == {1}
    outcomes = dict(rig.rows("SELECT outcome, count(*) FROM mailpipe_inboundmail GROUP BY 1"))
    assert outcomes["quarantined"] >= 1
    rig.verify()
