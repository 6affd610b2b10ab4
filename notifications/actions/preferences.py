"""What a person wants to be told, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from notifications.kinds import notice_kinds
from notifications.models import Habits, Preference


@transaction.atomic
def save_preferences(
    user: User, *, channels: Mapping[str, tuple[str, ...]], habits: Mapping[str, Any]
) -> None:
    """Keep a choice for each kind; those like the kind's own leave no row."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    own = {
        kind: chosen
        for kind, chosen in channels.items()
        if kind in notice_kinds and set(chosen) != set(notice_kinds[kind].channels)
    }
    Preference.objects.filter(user=user, kind__in=channels).exclude(kind__in=own).delete()
    Preference.objects.bulk_create(
        [Preference(user=user, kind=kind, channels=list(chosen)) for kind, chosen in own.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["channels"],
    )
    Habits.objects.update_or_create(user=user, defaults=dict(habits))
