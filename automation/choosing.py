"""Who gets a ticket: pure, from what is known of each seat and what the ticket wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Method(StrEnum):
    """How a department gives out its tickets (R72, R85)."""

    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    SKILL = "skill"
    DEDICATED = "dedicated"
    SENIOR = "senior"
    SPECIALIST = "specialist"
    ON_CALL = "on_call"
    MANUAL = "manual"


class Reason(StrEnum):
    """Why somebody was taken or passed over."""

    CHOSEN = "chosen"
    FITS = "fits"
    INACTIVE = "inactive"
    AWAY = "away"
    OFF_SHIFT = "off_shift"
    FULL = "full"
    BUSY = "busy"
    LACKS = "lacks"
    NOT_SENIOR = "not_senior"
    NOT_LISTED = "not_listed"
    BACKUP = "backup"


class Share(NamedTuple):
    """What a seat is owed in its round: `credit` parts of `whole`; below zero it has had more."""

    credit: int = 0
    whole: int = 1


NO_DEBT = Share()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A seat as it is at this moment."""

    user: int
    name: str = ""
    is_backup: bool = False
    weight: int = 1
    load: int = 0
    cap: int = 10
    push_below: int = 5
    last_seq: int = 0
    share: Share = NO_DEBT
    is_active: bool = True
    availability: str = "available"
    is_on_shift: bool = True
    is_senior: bool = False
    skills: frozenset[int] = frozenset()

    @property
    def fullness(self) -> Fraction:
        return Fraction(self.load, self.cap)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one ticket wants; `previous` is who helped this customer last, where that counts."""

    method: Method
    skills: frozenset[int] = frozenset()
    people: tuple[int, ...] = ()
    fallback: Method = Method.LEAST_LOADED
    previous: int | None = None


class Verdict(NamedTuple):
    """What became of one candidate; `detail` is an availability, or skills that are missing."""

    user: int
    reason: Reason
    detail: str | tuple[int, ...] = ""


@dataclass(frozen=True)
class Choice:
    """Who was chosen, if anybody, and why the others were not; `shares` are to be kept."""

    user: int | None
    verdicts: tuple[Verdict, ...]
    shares: Mapping[int, Share] = field(default_factory=dict)


# Methods whose named people may be out of reach, while the ticket must not lie there for it.
FALLING_BACK = frozenset({Method.DEDICATED, Method.ON_CALL})
LISTED = frozenset({Method.DEDICATED, Method.SPECIALIST, Method.ON_CALL})


def choose(candidates: Sequence[Candidate], wish: Wish) -> Choice:
    """The agent for one ticket. Backups come in only where no primary is eligible (R73)."""
    obstacles = {person.user: obstacle(person, wish) for person in candidates}
    able = [person for person in candidates if obstacles[person.user] is None]
    pool = [person for person in able if not person.is_backup] or able
    if not pool and wish.method in FALLING_BACK:
        return choose(candidates, replace(wish, method=wish.fallback, people=()))
    if not pool or wish.method is Method.MANUAL:
        return Choice(None, tuple(_verdicts(candidates, obstacles, pool, None)))
    chosen = _favourite(pool, wish) or _RANKINGS.get(wish.method, least_loaded)(pool, wish)
    shares = shares_after(pool, chosen) if wish.method is Method.ROUND_ROBIN else {}
    return Choice(chosen, tuple(_verdicts(candidates, obstacles, pool, chosen)), shares)


def obstacle(person: Candidate, wish: Wish) -> Verdict | None:
    """Why this person cannot get this ticket; None when they can."""
    for reason, is_met in _OBSTACLES:
        if is_met(person, wish):
            return Verdict(person.user, reason, _detail(reason, person, wish))
    return None


def can_take_any(candidates: Iterable[Candidate]) -> bool:
    """Whether anybody could take a ticket that wants nothing."""
    plain = Wish(method=Method.LEAST_LOADED)
    return any(obstacle(person, plain) is None for person in candidates)


def least_loaded(pool: Sequence[Candidate], wish: Wish) -> int:
    """The emptiest in proportion to the cap, then who waits longest for a ticket."""
    return min(pool, key=lambda person: (person.fullness, person.last_seq, person.user)).user


def next_in_turn(pool: Sequence[Candidate], wish: Wish) -> int:
    """Smooth weighted round robin: of those who are owed a ticket, whose is due first.

    Earliest due among the owed keeps everybody within one ticket of their share at every step,
    which picking the largest debt does not where weights differ. Equals take turns.
    """
    whole, owed = _owed(pool)
    ripe = [person for person in pool if owed[person.user] > 0]

    def due(person: Candidate) -> tuple[Fraction, int, int]:
        return Fraction(whole - owed[person.user], person.weight), person.last_seq, person.user

    return min(ripe, key=due).user


def shares_after(pool: Sequence[Candidate], chosen: int) -> dict[int, Share]:
    """What everybody is owed once `chosen` has the ticket."""
    whole, owed = _owed(pool)
    owed[chosen] -= whole
    return {user: Share(credit, whole) for user, credit in owed.items()}


def first_listed(pool: Sequence[Candidate], wish: Wish) -> int:
    """The order of the list is the order of the chain."""
    return min(pool, key=lambda person: wish.people.index(person.user)).user


_RANKINGS: dict[Method, Callable[[Sequence[Candidate], Wish], int]] = {
    Method.ROUND_ROBIN: next_in_turn,
    Method.ON_CALL: first_listed,
}
# The first that is met is the one told; what a person is comes before what the ticket wants.
_OBSTACLES: tuple[tuple[Reason, Callable[[Candidate, Wish], bool]], ...] = (
    (Reason.INACTIVE, lambda person, wish: not person.is_active),
    (Reason.AWAY, lambda person, wish: person.availability != "available"),
    (Reason.OFF_SHIFT, lambda person, wish: not person.is_on_shift),
    (Reason.FULL, lambda person, wish: person.load >= person.cap),
    (Reason.BUSY, lambda person, wish: person.load >= person.push_below),
    (Reason.LACKS, lambda person, wish: not person.skills >= wish.skills),
    (
        Reason.NOT_SENIOR,
        lambda person, wish: wish.method is Method.SENIOR and not person.is_senior,
    ),
    (
        Reason.NOT_LISTED,
        lambda person, wish: wish.method in LISTED and person.user not in wish.people,
    ),
)


def _detail(reason: Reason, person: Candidate, wish: Wish) -> str | tuple[int, ...]:
    if reason is Reason.LACKS:
        return tuple(sorted(wish.skills - person.skills))
    return person.availability if reason is Reason.AWAY else ""


def _favourite(pool: Sequence[Candidate], wish: Wish) -> int | None:
    """Who knows this customer already, unless a chain says who comes first."""
    is_free = wish.method is not Method.ON_CALL and any(p.user == wish.previous for p in pool)
    return wish.previous if is_free else None


def _owed(pool: Sequence[Candidate]) -> tuple[int, dict[int, int]]:
    """What each is owed at this turn, in parts of the sum of all weights.

    Debts come from rounds of other people, too: they are scaled to this one, cut to one ticket,
    so that nobody who comes back is flooded, and evened out to nothing in sum.
    """
    whole = sum(person.weight for person in pool)
    owed = {person.user: _scaled(person.share, whole) for person in pool}
    share, rest = divmod(sum(owed.values()), len(pool))
    for place, person in enumerate(pool):
        owed[person.user] += person.weight - share - (place < rest)
    return whole, owed


def _scaled(share: Share, whole: int) -> int:
    credit = share.credit if share.whole == whole else round(share.credit * whole / share.whole)
    return max(-whole, min(whole, credit))


def _verdicts(
    candidates: Sequence[Candidate],
    obstacles: Mapping[int, Verdict | None],
    pool: Sequence[Candidate],
    chosen: int | None,
) -> Iterable[Verdict]:
    in_pool = {person.user for person in pool}
    for person in candidates:
        if verdict := obstacles[person.user]:
            yield verdict
        elif person.user == chosen:
            yield Verdict(person.user, Reason.CHOSEN)
        else:
            yield Verdict(person.user, Reason.FITS if person.user in in_pool else Reason.BACKUP)
