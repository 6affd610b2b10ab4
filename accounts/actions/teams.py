"""Changing teams and skills: their rows and who belongs to them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.events import AvailabilityChanged
from accounts.models import Skill, Team, User
from core.events import emit


@transaction.atomic
def save_team(team: Team, *, members: list[User]) -> Team:
    """Save a team from its form with the people in it."""
    team.save()
    team.members.set(members)
    return team


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
    for pk in sorted(before ^ wanted):
        emit(AvailabilityChanged(user_id=pk, now=now))
    return skill
