"""The web under failures: D-07, D-20, D-21 of trust.md."""

from __future__ import annotations

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from tests.drills.rig import Rig, letter, marks, report, until

SETTLED = "SELECT count(*) FROM mailpipe_inboundmail WHERE settled_at IS NOT NULL"


def opened(rig: Rig, count: int) -> list[int]:
    """Tickets by mail; their numbers."""
    for mark in marks(count):
        assert rig.pipe(letter(mark)) == 0
    rig.manage("mailpipe", "--drain")
    return [number for (number,) in rig.rows("SELECT number FROM tickets_ticket ORDER BY id")]


def served(rig: Rig) -> None:
    rig.keep("web")
    until(
        lambda: httpx.get(f"{rig.site}/healthz", timeout=2).status_code == 200,
        seconds=30,
        what="the web",
    )


def form_of(client: httpx.Client, number: int) -> dict[str, str]:
    """The hidden fields of the composer as the page shows it."""
    page = client.get(f"/admin/tickets/ticket/{number}").text
    names = ("csrfmiddlewaretoken", "idempotency_key", "last_seen_message_id", "to")
    return {name: re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1] for name in names}


def post(client: httpx.Client, number: int, facts: dict[str, str]) -> httpx.Response:
    facts = {"kind": "reply", "status_after": "keep", **facts}
    return client.post(
        f"/admin/tickets/ticket/{number}/messages",
        data=facts,
        headers={"Referer": str(client.base_url)},
    )


class Writer:
    """An agent who answers one ticket again and again, and remembers what was accepted."""

    def __init__(self, rig: Rig, number: int, *, seconds: float) -> None:
        self.client, self.number, self.seconds = rig.browser(), number, seconds
        self.accepted: list[str] = []
        self.refused = 0

    def write(self) -> None:
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            if not self._answer(uuid.uuid4().hex):
                self.refused += 1
                time.sleep(0.1)

    def _answer(self, mark: str) -> bool:
        with suppress(httpx.HTTPError, TypeError):
            facts = form_of(self.client, self.number) | {"text": f"Answer {mark}"}
            if post(self.client, self.number, facts).status_code < 400:
                self.accepted.append(mark)
                return True
        return False


def kill_database_under(writers: list[Writer], rig: Rig) -> float:
    """Let them write, kill the database half-way; seconds until a page answers again."""
    with ThreadPoolExecutor(len(writers)) as pool:
        writing = [pool.submit(writer.write) for writer in writers]
        time.sleep(writers[0].seconds / 2)
        rig.database.kill()
        rig.database.start()
        client = writers[0].client
        took = until(
            lambda: client.get("/admin/tickets").status_code == 200, seconds=15, what="a page"
        )
        for job in writing:
            job.result()
    return took


def test_d07_database_killed_under_writers(rig, size):
    numbers = opened(rig, 8)
    served(rig)
    writers = [Writer(rig, number, seconds=size.of(60, 8)) for number in numbers]
    recovery = kill_database_under(writers, rig)
    accepted = [mark for writer in writers for mark in writer.accepted]
    stored = [text for (text,) in rig.rows("SELECT text FROM tickets_message WHERE kind = 'reply'")]
    lost = [mark for mark in accepted if f"Answer {mark}" not in stored]
    doubled = len(stored) - len(set(stored))
    facts = {"refused": sum(w.refused for w in writers), "recovery_s": round(recovery, 1)}
    report("D-07", **{"in": len(accepted)}, out=len(stored), lost=len(lost), dup=doubled, **facts)
    assert accepted
    assert (lost, doubled) == ([], 0)
    assert recovery < 5
    rig.verify()


@pytest.mark.thorough
def test_d20_one_form_ten_times_at_once(rig, size):
    numbers = opened(rig, 1)
    served(rig)
    client, rounds = rig.browser(), size.of(20, 3)
    for round_ in range(rounds):
        facts = form_of(client, numbers[0]) | {"text": f"Once {round_}"}
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda facts: post(client, numbers[0], facts), [facts] * 10))
        assert {answer.status_code for answer in answers} <= {302, 303}
        assert len({answer.headers["location"] for answer in answers}) == 1
    count = rig.count("SELECT count(*) FROM tickets_message WHERE kind = 'reply'")
    report("D-20", **{"in": rounds * 10}, out=count, lost=0, dup=count - rounds)
    assert count == rounds
    rig.verify()


def answer_at_once(agents: list[httpx.Client], number: int, text: str) -> list[httpx.Response]:
    """Both read the ticket, then both answer; the accepted one first."""
    forms = [form_of(agent, number) | {"text": text} for agent in agents]
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(post, *pair) for pair in zip(agents, (number,) * 2, forms, strict=True)]
    return sorted((job.result() for job in jobs), key=lambda answer: answer.status_code)


@pytest.mark.thorough
def test_d21_two_agents_within_fifty_milliseconds(rig, size):
    number = opened(rig, 1)[0]
    served(rig)
    agents, rounds = [rig.browser(), rig.browser()], size.of(100, 4)
    for round_ in range(rounds):
        accepted, stale = answer_at_once(agents, number, f"Round {round_} mine")
        assert accepted.status_code in (302, 303)
        assert stale.status_code == 409
        assert f"Round {round_} mine" in stale.text
    again = form_of(agents[1], number) | {"text": "Sent anyway"}
    assert post(agents[1], number, again).status_code in (302, 303)
    stored = rig.count("SELECT count(*) FROM tickets_message WHERE kind = 'reply'")
    report("D-21", **{"in": rounds * 2}, out=stored - 1, stale=rounds, lost=0, dup=0)
    assert stored == rounds + 1
    rig.verify()
