"""Decisions of many rules about one long mail.

    python -m bench.rules

Needs the environment of a deployment, but no database: a decision asks none (rules.md 13).
"""

from __future__ import annotations

import statistics
import sys
import time
from random import Random
from typing import Any

RULES, LETTERS, ROUNDS = 1000, 20_000, 15
GOAL_MS = 50.0
_ALPHABET = "abcdefghijklmnoprstuwzéü"


def main() -> None:
    """Print milliseconds of each section beside its goal."""
    import django

    django.setup()
    is_good = decision()
    sys.exit(0 if is_good else 1)


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


if __name__ == "__main__":
    main()
