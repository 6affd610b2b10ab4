"""An agent's own numbers of today, out of the history; a few minutes old at most (A-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.times import span_text
from tickets import promises
from tickets.models import Event

KEPT_FOR_SECONDS = 300
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Number:
    """A number with its words; `note` says what it is out of."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Counted:
    """What was counted for one person on one day."""

    answered: int
    resolved: int
    first_wait: timedelta | None
    resolved_lately: int
    reopened_lately: int
    promises: promises.Record


def numbers_of(user: User, *, now: datetime) -> list[Number]:
    """Answered and resolved today, how long first answers took, what came back and was kept."""
    counted = _counted(user, now)
    return [
        Number(_("Answered today"), str(counted.answered)),
        Number(_("Resolved today"), str(counted.resolved)),
        Number(
            _("First answers took"),
            span_text(counted.first_wait) if counted.first_wait else "–",
            _("on average, today"),
        ),
        Number(_("Reopened"), _reopened(counted), _("of those you resolved in 30 days")),
        Number(_("Promises kept"), _percent(counted.promises.rate), _("of yours due in 30 days")),
    ]


def _reopened(counted: Counted) -> str:
    resolved = counted.resolved_lately
    return _percent(counted.reopened_lately / resolved if resolved else None)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _counted(user: User, now: datetime) -> Counted:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"desk:my-numbers:{user.pk}:{today.isoformat()}"
    known = cache.get(key)
    if known is None:
        since = now - LATELY
        kept = promises.record(since, now, by=user)
        known = Counted(**_of_today(user, today), **_of_lately(user, since), promises=kept)
        cache.set(key, known, KEPT_FOR_SECONDS)
    return known


def _of_today(user: User, today: datetime) -> dict[str, Any]:
    first = Q(kind=Event.Kind.REPLIED, data__before__first_response=True)
    waited = ExpressionWrapper(F("at") - F("ticket__created_at"), output_field=DurationField())
    mine = Event.objects.filter(actor_user=user.pk, at__gte=today)
    return mine.aggregate(
        answered=Count("pk", filter=Q(kind=Event.Kind.REPLIED)),
        resolved=Count("pk", filter=Q(kind=Event.Kind.CLOSED)),
        first_wait=Avg(waited, filter=first),
    )


def _of_lately(user: User, since: datetime) -> dict[str, Any]:
    """Resolutions by `user` since then, and how many of them did not last."""
    later = Event.objects.filter(
        ticket=OuterRef("ticket"), kind=Event.Kind.REOPENED, pk__gt=OuterRef("pk")
    )
    resolved = Event.objects.filter(
        actor_user=user.pk, at__gte=since, kind=Event.Kind.CLOSED
    ).annotate(came_back=Exists(later))
    return resolved.aggregate(
        resolved_lately=Count("pk"), reopened_lately=Count("pk", filter=Q(came_back=True))
    )
