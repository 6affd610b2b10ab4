"""Changing skills: their rows and who has them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.events import AvailabilityChanged
from accounts.models import Skill, User
from core.events import emit


@transaction.atomic
def save_skill(skill: Skill, *, people: list[User], now: datetime) -> Skill:
    """Save a skill with those of the active staff who have it; who left keeps it.

    Emits AvailabilityChanged for everybody who got it or lost it.
    """
    skill.save()
    before = set(skill.people.filter(is_active=True).values_list("pk", flat=True))
    wanted = {user.pk for user in people}
    skill.people.remove(*(before - wanted))
    skill.people.add(*(wanted - before))
    _tell(before ^ wanted, now)
    return skill


@transaction.atomic
def hand_on_skill(skill: Skill, *, to: Skill, now: datetime) -> None:
    """Who has the one skill has the other too. Emits AvailabilityChanged for each of them."""
    gaining = set(skill.people.values_list("pk", flat=True))
    to.people.add(*gaining)
    _tell(gaining, now)


def _tell(pks: set[int], now: datetime) -> None:
    for pk in sorted(pks):
        emit(AvailabilityChanged(user_id=pk, now=now))
