"""The web under failures: D-07, D-20, D-21 of trust.md."""

from __future__ import annotations

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx

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
    names = ("csrfmiddlewaretoken", "idempotency_key", "last_seen_message_id")
    return {name: re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1] for name in names}


def post(client: httpx.Client, number: int, facts: dict[str, str]) -> httpx.Response:
    facts = {"kind": "reply", "status_after": "keep", **facts}
    return client.post(
        f"/admin/tickets/ticket/{number}/messages",
        data=facts,
        headers={"Referer": str(client.base_url)},
    )


def test_d07_database_killed_under_writers(rig, size):
    numbers, seconds = opened(rig, 8), size.of(60, 8)
    served(rig)
    clients = [rig.browser() for _ in numbers]
    accepted: list[str] = []
    refused = 0

    def write(client: httpx.Client, number: int) -> None:
        nonlocal refused
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            mark = uuid.uuid4().hex
            with suppress(httpx.HTTPError, TypeError):
                answer = post(client, number, form_of(client, number) | {"text": f"Answer {mark}"})
                if answer.status_code < 400:
                    accepted.append(mark)
                    continue
            refused += 1
            time.sleep(0.1)

    with ThreadPoolExecutor(len(clients)) as pool:
        writing = [pool.submit(write, *pair) for pair in zip(clients, numbers, strict=True)]
        time.sleep(seconds / 2)
        rig.database.kill()
        rig.database.start()
        back = time.monotonic()
        until(
            lambda: clients[0].get("/admin/tickets").status_code == 200, seconds=15, what="a page"
        )
        recovery = time.monotonic() - back
        for job in writing:
            job.result()
    stored = [text for (text,) in rig.rows("SELECT text FROM tickets_message WHERE kind = 'reply'")]
    lost = [mark for mark in accepted if f"Answer {mark}" not in stored]
    doubled = len(stored) - len(set(stored))
    report(
        "D-07",
        **{"in": len(accepted)},
        out=len(stored),
        lost=len(lost),
        dup=doubled,
        refused=refused,
        recovery_s=round(recovery, 1),
    )
    assert accepted
    assert (lost, doubled) == ([], 0)
    assert recovery < 5
    rig.verify()


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


def test_d21_two_agents_within_fifty_milliseconds(rig, size):
    numbers = opened(rig, 1)
    served(rig)
    agents, rounds, sent, stale = [rig.browser(), rig.browser()], size.of(100, 4), 0, 0
    for round_ in range(rounds):
        forms = [form_of(agent, numbers[0]) for agent in agents]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda pair: post(
                        pair[0], numbers[0], pair[1] | {"text": f"Round {round_} mine"}
                    ),
                    zip(agents, forms, strict=True),
                )
            )
        codes = sorted(answer.status_code for answer in answers)
        assert codes[0] in (302, 303)
        assert codes[1] == 409
        loser = next(answer for answer in answers if answer.status_code == 409)
        assert f"Round {round_} mine" in loser.text
        sent, stale = sent + 1, stale + 1
    again = form_of(agents[1], numbers[0]) | {"text": "Sent anyway"}
    assert post(agents[1], numbers[0], again).status_code in (302, 303)
    report("D-21", **{"in": rounds * 2}, out=sent, stale=stale, lost=0, dup=0)
    assert rig.count("SELECT count(*) FROM tickets_message WHERE kind = 'reply'") == rounds + 1
    rig.verify()
