"""Choosing an agent: fair, never beyond the caps, and with a reason for everybody (rules.md 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.choosing import Candidate, Method, Reason, Share, Wish, choose, obstacle

ROUND_ROBIN = Wish(method=Method.ROUND_ROBIN)
LEAST_LOADED = Wish(method=Method.LEAST_LOADED)


def seat(user: int, **facts: object) -> Candidate:
    facts.setdefault("cap", 10_000)
    facts.setdefault("push_below", 10_000)
    return Candidate(user=user, **facts)  # type: ignore[arg-type] -- facts of one seat


class Team:
    """Seats that remember, as the rows do."""

    def __init__(self, seats: Sequence[Candidate]) -> None:
        self.seats = {person.user: person for person in seats}
        self.turns = max((person.last_seq for person in seats), default=0)

    def give(self, wish: Wish = ROUND_ROBIN) -> int | None:
        choice = choose(list(self.seats.values()), wish)
        for user, share in choice.shares.items():
            self.seats[user] = replace(self.seats[user], share=share)
        if choice.user is not None:
            self.turns += 1
            person = self.seats[choice.user]
            self.seats[choice.user] = replace(person, load=person.load + 1, last_seq=self.turns)
        return choice.user

    def put(self, user: int, **facts: object) -> None:
        self.seats[user] = replace(self.seats[user], **facts)  # type: ignore[arg-type] -- as above

    def returns(self, user: int) -> None:
        """What the actions do when somebody comes back."""
        self.put(user, availability="available", last_seq=self.turns, share=Share())


def reasons(candidates: Sequence[Candidate], wish: Wish) -> dict[int, Reason]:
    return {row.user: row.reason for row in choose(candidates, wish).verdicts}


# -- round robin --------------------------------------------------------------------------


@given(size=st.integers(1, 12), turns=st.integers(1, 120))
def test_equal_seats_never_differ_by_more_than_one(size: int, turns: int) -> None:
    team, got = Team([seat(n) for n in range(size)]), Counter(dict.fromkeys(range(size), 0))
    for _turn in range(turns):
        got[team.give() or 0] += 1
        assert max(got.values()) - min(got.values()) <= 1


@given(weights=st.lists(st.integers(1, 10), min_size=1, max_size=10), turns=st.integers(1, 200))
def test_weighted_seats_stay_within_one_ticket_of_their_share(
    weights: list[int], turns: int
) -> None:
    team = Team([seat(n, weight=weight) for n, weight in enumerate(weights)])
    got: Counter[int | None] = Counter()
    for turn in range(1, turns + 1):
        got[team.give()] += 1
        for user, weight in enumerate(weights):
            assert abs(got[user] - Fraction(weight * turn, sum(weights))) <= 1


@given(size=st.integers(2, 6), before=st.integers(0, 20), absent=st.integers(0, 60))
def test_nobody_who_comes_back_is_flooded(size: int, before: int, absent: int) -> None:
    team = Team([seat(n) for n in range(size)])
    for _turn in range(before):
        team.give()
    team.put(0, availability="away")
    assert 0 not in {team.give() for _turn in range(absent)}
    team.returns(0)
    given = [team.give() for _turn in range(size * 3)]
    windows = [given[start : start + size] for start in range(len(given) - size + 1)]
    assert all(window.count(0) <= 2 for window in windows)
    assert 1 <= given.count(0) <= 4


@given(size=st.integers(2, 6), steps=st.lists(st.integers(0, 5), min_size=20, max_size=80))
def test_people_coming_and_going_starve_nobody(size: int, steps: list[int]) -> None:
    """Whoever is there all the time never waits longer than two rounds."""
    team, wait = Team([seat(n) for n in range(size)]), 0
    for step in steps:
        if team.seats[user := 1 + step % (size - 1)].availability == "away":
            team.returns(user)
        else:
            team.put(user, availability="away")
        wait = 0 if team.give() == 0 else wait + 1
        assert wait <= 2 * size


def test_equals_take_turns() -> None:
    team = Team([seat(1), seat(2), seat(3)])
    assert [team.give() for _turn in range(7)] == [1, 2, 3, 1, 2, 3, 1]


def test_a_known_customer_costs_a_turn() -> None:
    team = Team([seat(1), seat(2)])
    given = [team.give(replace(ROUND_ROBIN, previous=2)), team.give(), team.give()]
    assert given[:2] == [2, 1]


# -- least loaded -------------------------------------------------------------------------

people = st.lists(
    st.builds(
        Candidate,
        user=st.integers(1, 30),
        load=st.integers(0, 12),
        cap=st.integers(1, 12),
        push_below=st.integers(1, 12),
        last_seq=st.integers(0, 9),
        is_backup=st.booleans(),
        is_active=st.booleans(),
        is_on_shift=st.booleans(),
        is_senior=st.booleans(),
        availability=st.sampled_from(["available", "away", "do_not_disturb", "unavailable"]),
        skills=st.frozensets(st.integers(1, 3)),
        weight=st.integers(1, 10),
        share=st.builds(Share, credit=st.integers(-50, 50), whole=st.integers(1, 50)),
    ),
    max_size=8,
    unique_by=lambda person: person.user,
)
wishes = st.builds(
    Wish,
    method=st.sampled_from(Method),
    skills=st.frozensets(st.integers(1, 3), max_size=2),
    people=st.lists(st.integers(1, 30), max_size=4, unique=True).map(tuple),
    fallback=st.sampled_from([Method.LEAST_LOADED, Method.ROUND_ROBIN]),
    previous=st.none() | st.integers(1, 30),
)


@given(people)
def test_least_loaded_never_passes_over_somebody_emptier(candidates: list[Candidate]) -> None:
    chosen = choose(candidates, LEAST_LOADED).user
    able = [p for p in candidates if obstacle(p, LEAST_LOADED) is None]
    pool = [p for p in able if not p.is_backup] or able
    if chosen is None:
        assert not pool
        return
    taken = next(p for p in candidates if p.user == chosen)
    assert taken.fullness == min(p.fullness for p in pool)


@given(people, wishes)
def test_whoever_is_chosen_was_eligible(candidates: list[Candidate], wish: Wish) -> None:
    choice = choose(candidates, wish)
    assert {row.user for row in choice.verdicts} == {p.user for p in candidates}
    if choice.user is None:
        return
    person = next(p for p in candidates if p.user == choice.user)
    assert person.is_active
    assert person.availability == "available"
    assert person.is_on_shift
    assert person.load < min(person.cap, person.push_below)
    assert person.skills >= wish.skills


@given(people, wishes)
def test_a_choice_is_the_same_in_any_order(candidates: list[Candidate], wish: Wish) -> None:
    if wish.method is not Method.ROUND_ROBIN:
        assert choose(candidates, wish).user == choose(candidates[::-1], wish).user


# -- the other methods --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_active": False}, Reason.INACTIVE),
        ({"availability": "do_not_disturb"}, Reason.AWAY),
        ({"is_on_shift": False}, Reason.OFF_SHIFT),
        ({"load": 10, "cap": 10}, Reason.FULL),
        ({"load": 5, "push_below": 5}, Reason.BUSY),
        ({"is_backup": True}, Reason.BACKUP),
        ({"load": 3}, Reason.FITS),
    ],
)
def test_everybody_passed_over_has_a_reason(facts: dict[str, object], reason: Reason) -> None:
    assert reasons([seat(1, **facts), seat(2)], LEAST_LOADED) == {1: reason, 2: Reason.CHOSEN}


def test_backup_steps_in_when_no_primary_can() -> None:
    seats = [seat(1, availability="away"), seat(2, is_backup=True)]
    assert reasons(seats, LEAST_LOADED) == {1: Reason.AWAY, 2: Reason.CHOSEN}


def test_all_wanted_skills_are_needed() -> None:
    wish = Wish(method=Method.SKILL, skills=frozenset({1, 2}))
    choice = choose([seat(1, skills=frozenset({1})), seat(2, skills=frozenset({1, 2}))], wish)
    assert choice.user == 2
    assert choice.verdicts[0].detail == (2,)


def test_own_agent_of_the_customer_comes_first() -> None:
    wish = Wish(method=Method.DEDICATED, people=(2,))
    assert choose([seat(1), seat(2, load=9)], wish).user == 2


def test_others_help_when_the_own_agent_is_away() -> None:
    wish = Wish(method=Method.DEDICATED, people=(2,))
    assert reasons([seat(1), seat(2, availability="away")], wish) == {
        1: Reason.CHOSEN,
        2: Reason.AWAY,
    }


def test_specialists_have_no_substitute() -> None:
    wish = Wish(method=Method.SPECIALIST, people=(2,))
    assert choose([seat(1), seat(2, availability="away")], wish).user is None


def test_seniors_only() -> None:
    wish = Wish(method=Method.SENIOR)
    seats = [seat(1), seat(2, is_senior=True, load=4)]
    assert reasons(seats, wish) == {1: Reason.NOT_SENIOR, 2: Reason.CHOSEN}


def test_on_call_goes_down_the_chain() -> None:
    wish = Wish(method=Method.ON_CALL, people=(3, 2), previous=2)
    assert choose([seat(1), seat(2), seat(3)], wish).user == 3
    assert choose([seat(1), seat(2), seat(3, load=10, cap=10)], wish).user == 2


def test_manual_gives_to_nobody_and_says_who_could() -> None:
    wish = Wish(method=Method.MANUAL)
    assert choose([seat(1)], wish).user is None
    assert reasons([seat(1)], wish) == {1: Reason.FITS}


def test_previous_agent_of_the_customer_comes_first() -> None:
    wish = replace(LEAST_LOADED, previous=2)
    assert choose([seat(1), seat(2, load=4)], wish).user == 2
    assert choose([seat(1), seat(2, availability="away")], wish).user == 1
