"""Decisions of many rules about one long mail.

    python -m bench.rules

    python -m bench.rules dry_run

A decision asks no database (rules.md 13). The dry run plays 20 classifying and 30 routing rules
over the last tickets of DATABASE_URL, which `bench.seed` has filled.
"""

from __future__ import annotations

import statistics
import sys
import time
from random import Random
from typing import Any

RULES, LETTERS, ROUNDS = 1000, 20_000, 15
GOAL_MS = 50.0
PLAYED, GOAL_DRY_RUN_S = 10_000, 20.0
_ALPHABET = "abcdefghijklmnoprstuwzéü"


def main() -> None:
    """Print milliseconds of each section beside its goal."""
    import django

    django.setup()
    sections = sys.argv[1:] or ["decision"]
    are_good = [SECTIONS[name]() for name in sections]
    sys.exit(0 if all(are_good) else 1)


def decision() -> bool:
    """1,000 active rules on a mail of 20 kB: the first decision of a process, and the others."""
    from core.conditions import Compiled

    random = Random(4)
    spoken = _vocabulary(random)
    trees = [_tree(random, spoken) for _ in range(RULES)]
    facts = {**_facts(random), "body": " ".join(random.choices(spoken, k=LETTERS // 5))[:LETTERS]}
    compiling, compiled = _timed(lambda: Compiled(trees))
    first, _found = _timed(lambda: _decide(compiled, facts))
    rounds = [_timed(lambda: _decide(compiled, facts)) for _ in range(ROUNDS)]
    median, found = statistics.median(ms for ms, _found in rounds), rounds[0][1]
    print(f"decision: {RULES} rules, {LETTERS} letters, {found} match")
    print(f"  compiled once in {compiling:.1f} ms; first decision {first:.1f} ms")
    print(f"  decision {median:.1f} ms (goal {GOAL_MS:.0f})")
    return median <= GOAL_MS


def _decide(compiled: Any, facts: dict[str, Any]) -> int:
    case = compiled.case(facts)
    return sum(case.matches(index) for index in range(RULES))


def _tree(random: Random, spoken: list[str]) -> dict[str, Any]:
    """Words of the subject or the text, somewhere, for some priority: what managers write."""
    words = [" ".join(random.choices(spoken, k=random.choice([1, 1, 2, 3]))) for _ in range(5)]
    return {
        "all": [
            {"field": "body", "op": "contains_any", "value": words},
            {
                "any": [
                    {"field": "department", "op": "is", "value": random.randint(1, 9)},
                    {"field": "subject", "op": "contains_any", "value": words[:2]},
                    {"field": "body", "op": "contains_none", "value": words[3:]},
                ]
            },
        ]
    }


def _vocabulary(random: Random) -> list[str]:
    return ["".join(random.choices(_ALPHABET, k=random.randint(2, 9))) for _ in range(4000)]


def _facts(random: Random) -> dict[str, Any]:
    return {"department": random.randint(1, 9), "subject": "The line is down"}


def _timed(act: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = act()
    return (time.perf_counter() - began) * 1000, answer


def dry_run() -> bool:
    """The last 10,000 tickets beside what happened to them, as the job plays them."""
    from automation.dry_run.openings import newest_tickets
    from automation.dry_run.past import PastReport, play_tickets
    from automation.engine import RuleSet
    from tickets.models import Ticket

    random = Random(4)
    subjects = Ticket.objects.order_by("pk").values_list("subject", flat=True)[:3000]
    spoken = sorted({word for subject in subjects for word in subject.split()})
    rule_sets = {
        "classify": RuleSet([_rule(random, spoken, number, "classify") for number in range(20)]),
        "routing": RuleSet([_rule(random, spoken, number, "routing") for number in range(30)]),
    }
    report, cpu = PastReport(), time.process_time()
    ms, _done = _timed(lambda: list(play_tickets(newest_tickets(PLAYED), rule_sets, report=report)))
    cpu = time.process_time() - cpu
    print(f"dry run: {report.tickets} tickets, {report.differing} would go elsewhere")
    print(f"  {ms / 1000:.1f} s (goal {GOAL_DRY_RUN_S:.0f}), {cpu:.1f} s of own processor time")
    return ms / 1000 <= GOAL_DRY_RUN_S


def _rule(random: Random, spoken: list[str], number: int, kind: str) -> Any:
    from automation.engine import RuleSpec

    words = {"field": "subject_body", "op": "contains_any", "value": random.sample(spoken, 4)}
    effects = {
        "classify": {"effect": "add_tags", "tags": [f"tag {number}"]},
        "routing": {"effect": "set_department", "department": number % 20 + 1},
    }
    return RuleSpec(
        id=number, name=f"Rule {number}", kind=kind, conditions=words, effects=(effects[kind],)
    )


SECTIONS = {"decision": decision, "dry_run": dry_run}

if __name__ == "__main__":
    main()
