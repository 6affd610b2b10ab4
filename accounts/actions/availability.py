"""Saying whether new work may come, and whether text messages may."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import AvailabilityChanged
from accounts.models import User
from accounts.models.role import Permission
from accounts.permissions import RefusedByRole, refuse_reach
from core import audit
from core.events import emit


@transaction.atomic
def set_availability(user: User, *, availability: str, actor: User | None, now: datetime) -> User:
    """Say whether somebody takes new tickets: oneself, or who may change staff.

    Raises ValueError on a word that is no availability, RefusedByRole for somebody else's without
    the right; None is the system. Emits AvailabilityChanged when it is a change.
    """
    if availability not in User.Availability.values:
        raise ValueError(availability)
    _refuse_others(user, actor)
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.availability == availability:
        return user
    before, was_available = user.availability, user.is_available
    user.availability = availability
    user.save(update_fields=["availability"])
    audit.record(
        "availability_changed",
        user,
        actor=actor,
        before={"availability": before},
        after={"availability": availability},
        now=now,
    )
    went_away = was_available and not user.is_available
    emit(AvailabilityChanged(user_id=user.pk, now=now, went_away=went_away))
    return user


@transaction.atomic
def note_sms_opt_out(user: User, *, now: datetime) -> User:
    """The person answered STOP: no text messages from now on (R114). A second STOP is none."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.sms_opted_out_at is None:
        user.sms_opted_out_at = now
        user.save(update_fields=["sms_opted_out_at"])
        audit.record("sms_opted_out", user, actor=user, now=now)
    return user


@transaction.atomic
def note_sms_opt_in(user: User, *, now: datetime) -> User:
    """The person wants text messages again: by START, or in the profile."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.sms_opted_out_at is not None:
        user.sms_opted_out_at = None
        user.save(update_fields=["sms_opted_out_at"])
        audit.record("sms_opted_in", user, actor=user, now=now)
    return user


def _refuse_others(user: User, actor: User | None) -> None:
    if actor is None or actor.pk == user.pk:
        return
    if not actor.may(Permission.STAFF_CHANGE):
        raise RefusedByRole(_("Only who may change staff changes somebody else's availability."))
    refuse_reach(user, actor=actor)
