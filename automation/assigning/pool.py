"""Who could take tickets of a department now: read under the locks that keep it true."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import OperationalError, connection, transaction
from django.db.models import OuterRef

from accounts.models import Department, Membership, User
from accounts.people import on_shift
from automation.choosing import NO_DEBT, Candidate, Choice, Share
from automation.models import AgentSeat, RoutingPlan, WaitingTicket
from tickets.assignment import current_load

logger = logging.getLogger(__name__)

# Who changes a person (availability, role, memberships) holds their row and then reaches for
# seats; who gives out must take both in that order, or the two would wait for each other.
_HOLD_PEOPLE = """
SELECT id FROM accounts_user WHERE id IN (
    SELECT user_id FROM accounts_membership WHERE department_id = %s
) ORDER BY id FOR KEY SHARE
"""


@dataclass
class Pool:
    """The seats of one department with what they have now; kept up to date while giving."""

    plan: RoutingPlan
    seats: dict[int, AgentSeat] = field(default_factory=dict)
    people: dict[int, Candidate] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)

    def user(self, pk: int) -> User:
        return self.seats[pk].membership.user

    def take(self, choice: Choice) -> None:
        """Note what a choice changed: turn, load and what round robin owes."""
        if choice.user is None:
            return
        self.plan.turns += 1
        chosen = self.people[choice.user]
        self._put(replace(chosen, load=chosen.load + 1, last_seq=self.plan.turns))
        for user, share in choice.shares.items():
            self._put(replace(self.people[user], share=share))

    def save(self) -> None:
        """Two statements, or none."""
        rows = []
        for pk in sorted(self.touched):
            seat, person = self.seats[pk], self.people[pk]
            seat.last_seq, seat.credit = person.last_seq, person.share.credit
            seat.credit_of = person.share.whole
            rows.append(seat)
        if rows:
            AgentSeat.objects.bulk_update(rows, ["last_seq", "credit", "credit_of", "is_resting"])
            self.plan.save(update_fields=["turns"])

    def greet_returned(self) -> None:
        """Whoever was away comes in at the current position: no debt, no flood (rules.md 5.3)."""
        for pk, person in self.people.items():
            seat = self.seats[pk]
            is_here = person.is_active and person.availability == User.Availability.AVAILABLE
            if seat.is_resting == (not (is_here and person.is_on_shift)):
                continue
            seat.is_resting = not seat.is_resting
            if not seat.is_resting:
                person = replace(person, last_seq=self.plan.turns, share=NO_DEBT)  # noqa: PLW2901 -- as it is from now on
            self._put(person)

    def _put(self, person: Candidate) -> None:
        self.people[person.user] = person
        self.touched.add(person.user)


def hold_pool(plan: RoutingPlan, *, now: datetime) -> Pool:
    """Lock the people and all their seats, in the order of people, then read: caps hold over all.

    Five statements. The caller holds the plan, and after this takes tickets that nobody holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_PEOPLE, [plan.department_id])
        users = [pk for (pk,) in cursor.fetchall()]
    skills = User.skills.through.objects.filter(user_id=OuterRef("membership__user_id"))
    held = (
        AgentSeat.objects.select_for_update(of=("self",))
        .filter(membership__user_id__in=users)
        .select_related("membership__user__role")
        .annotate(skill_ids=ArraySubquery(skills.values("skill_id")))
        .order_by("membership__user_id", "pk")
    )
    return pool_of(plan, list(held), now=now)


def look_at_pool(plan: RoutingPlan, *, now: datetime) -> Pool:
    """The same for reading: pages and previews hold nothing."""
    skills = User.skills.through.objects.filter(user_id=OuterRef("membership__user_id"))
    seats = (
        AgentSeat.objects.filter(membership__department_id=plan.department_id)
        .select_related("membership__user__role")
        .annotate(skill_ids=ArraySubquery(skills.values("skill_id")))
        .order_by("membership__user__name", "pk")
    )
    return pool_of(plan, list(seats), now=now)


def pool_of(plan: RoutingPlan, seats: list[AgentSeat], *, now: datetime) -> Pool:
    """Seats of the plan's department as candidates."""
    own = [seat for seat in seats if seat.membership.department_id == plan.department_id]
    here = on_shift([seat.membership.user for seat in own], now)
    loads = current_load([seat.membership.user_id for seat in own])
    pool = Pool(plan)
    for seat in own:
        pk = seat.membership.user_id
        pool.seats[pk] = seat
        pool.people[pk] = _candidate(seat, loads, is_on_shift=pk in here)
    return pool


@dataclass(frozen=True)
class Fullness:
    """What somebody has, and may have at most."""

    load: int
    cap: int

    @property
    def is_full(self) -> bool:
        return self.load >= self.cap


def fullness_of(user: User, *, department_id: int) -> Fullness:
    """By their seat in the department; who has none has the company's limit."""
    seat = AgentSeat.objects.filter(
        membership__user=user, membership__department_id=department_id
    ).first()
    return Fullness(current_load([user.pk])[user.pk], (seat or AgentSeat()).cap)


_HOLD_SEATS = """
WITH over AS (DELETE FROM automation_waitingticket WHERE ticket_id = %(ticket)s)
SELECT s.id FROM automation_agentseat s
JOIN accounts_membership m ON m.id = s.membership_id
WHERE m.user_id = %(user)s ORDER BY s.id FOR UPDATE OF s
"""


def hold_seats_of(user_id: int, *, ticket_id: int) -> None:
    """The ticket waits for nobody any more; wait until nobody counts this person's tickets.

    What comes after counts ours. Not for ever: assigning by hand may go beyond the cap, so it must
    not fail for it.
    """
    facts = {"user": user_id, "ticket": ticket_id}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_HOLD_SEATS, facts)
    except OperationalError:
        logger.warning("the seats of user %s were not free in time", user_id)
        WaitingTicket.objects.filter(ticket_id=ticket_id).delete()


def seat_members(department_id: int) -> None:
    """A plan for the department and a seat for every member; what is there stays as it is."""
    if not Department.objects.filter(pk=department_id).exists():
        return
    RoutingPlan.objects.get_or_create(department_id=department_id)
    missing = Membership.objects.filter(department_id=department_id, seat=None)
    AgentSeat.objects.bulk_create(
        [AgentSeat(membership=row) for row in missing], ignore_conflicts=True
    )


def _candidate(seat: AgentSeat, loads: Mapping[int, int], *, is_on_shift: bool) -> Candidate:
    user, facts = seat.membership.user, vars(seat)
    skills: list[Any] = facts.get("skill_ids") or []
    return Candidate(
        user=user.pk,
        name=user.display_name,
        is_backup=seat.role == AgentSeat.Role.BACKUP,
        weight=seat.weight,
        load=loads.get(user.pk, 0),
        cap=seat.cap,
        push_below=seat.limit,
        last_seq=seat.last_seq,
        share=Share(seat.credit, seat.credit_of),
        is_active=user.is_staff,
        availability=user.availability,
        is_on_shift=is_on_shift,
        is_senior=user.is_senior,
        skills=frozenset(skills),
    )
