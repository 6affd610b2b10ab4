"""Marking notifications as read, and forgetting old ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from core import options
from core.models.delivery import UNSENT
from notifications import unread
from notifications.models import NoticeDelivery, Notification
from notifications.models.notification import NotificationQuerySet

BATCH = 5_000


@transaction.atomic
def mark_read(notification: Notification, *, now: datetime) -> Notification:
    """Its reader has seen it; a second time changes nothing."""
    _read(Notification.objects.filter(pk=notification.pk), now=now)
    unread.forget([notification.user_id])
    notification.refresh_from_db()
    return notification


@transaction.atomic
def mark_all_read(user: User, *, now: datetime, about: str = "") -> int:
    """Everything of this person, or only what is about one thing; returns how many."""
    rows = Notification.objects.of(user)
    count = _read(rows.filter(about=about) if about else rows, now=now)
    unread.forget([user.pk])
    return count


def forget_old(now: datetime) -> int:
    """Drop read notifications and settled deliveries past their days; returns how many."""
    limit = now - timedelta(days=options.value("notifications.kept_days"))
    read = Notification.objects.filter(is_unread=False, at__lt=limit).values("pk")[:BATCH]
    settled = NoticeDelivery.objects.filter(created_at__lt=limit).exclude(state__in=UNSENT)
    notifications, _kinds = Notification.objects.filter(pk__in=read).delete()
    deliveries, _kinds = NoticeDelivery.objects.filter(pk__in=settled.values("pk")[:BATCH]).delete()
    return notifications + deliveries


def _read(rows: NotificationQuerySet, *, now: datetime) -> int:
    return rows.unread().update(is_unread=False, read_at=now)
