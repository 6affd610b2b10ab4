"""Many mails to one person become one: the mail of the day, and what a storm leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.models import Delivery
from notifications.kinds import MAIL
from notifications.models import NoticeDelivery
from notifications.providers.texts import full_url

DIGEST = "digest"
MOST_MAILS = 20
STORM_WINDOW = timedelta(minutes=10)
MAX_LINES = 200
COMPANY = 2  # fewer are no digest


def fold_due(now: datetime) -> int:
    """Fold the due mails of everybody who has too many, or wants them together; how many rows."""
    calm_storms(now)
    together = Count("pk", filter=Q(is_folding=True))
    crowded = (
        _foldable(now)
        .values("user_id")
        .annotate(mails=Count("pk"), together=together)
        .filter(Q(mails__gt=MOST_MAILS) | Q(together__gte=COMPANY))
        .order_by("user_id")
    )
    return sum(
        fold_mails(row["user_id"], now=now, is_storm=row["mails"] > MOST_MAILS) for row in crowded
    )


@transaction.atomic
def fold_mails(user_id: int, *, now: datetime, is_storm: bool) -> int:
    """One digest in place of this person's due mails; they are withdrawn and point to it."""
    mails = _foldable(now).filter(user_id=user_id)
    mails = mails if is_storm else mails.filter(is_folding=True)
    rows = list(mails.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    if len(rows) < COMPANY:
        return 0
    digest = _digest(rows, User.objects.get(pk=user_id), now)
    NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.State.CANCELLED, folded_into=digest, last_error=_("Part of a digest.")
    )
    return len(rows)


def calm_storms(now: datetime) -> int:
    """Let the mails of people who got very many just now wait, so that the rest comes as one."""
    since = now - STORM_WINDOW
    mailed = NoticeDelivery.objects.filter(channel=MAIL, state="sent", sent_at__gt=since)
    stormed = (
        mailed.values("user_id")
        .annotate(mails=Count("pk"))
        .filter(mails__gte=MOST_MAILS)
        .values("user_id")
    )
    waiting = _foldable(now).filter(user_id__in=stormed, is_folding=False)
    return waiting.update(is_folding=True, due_at=_next_slot(now))


def _next_slot(now: datetime) -> datetime:
    """The same moment for all that come within a window, so that they leave together."""
    seconds = STORM_WINDOW.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, tz=UTC)


def _foldable(now: datetime) -> QuerySet[NoticeDelivery]:
    """Mails that nobody has begun to send; urgent ones and digests go by themselves."""
    due = NoticeDelivery.objects.filter(channel=MAIL, state="pending", due_at__lte=now)
    return due.filter(is_urgent=False, user__isnull=False, attempts=0).exclude(kind=DIGEST)


def _digest(rows: list[NoticeDelivery], reader: User, now: datetime) -> NoticeDelivery:
    with translation.override(reader.language or None):
        title = ngettext("%(n)d notice", "%(n)d notices", len(rows)) % {"n": len(rows)}
        lines = [_line(row) for row in rows[:MAX_LINES]]
        if more := len(rows) - len(lines):
            lines.append(_("And %(n)d more in the application.") % {"n": more})
    return NoticeDelivery.objects.create(
        idempotency_key=f"digest:{reader.pk}:{rows[0].pk}-{rows[-1].pk}",
        channel=MAIL,
        user=reader,
        kind=DIGEST,
        title=title,
        body="\n\n".join(lines),
        url="/admin/notifications",
        due_at=now,
        created_at=now,
    )


def _line(row: NoticeDelivery) -> str:
    """Titles and addresses alone: the texts are a click away."""
    return "\n  ".join(part for part in (f"- {row.title}", full_url(row)) if part)
