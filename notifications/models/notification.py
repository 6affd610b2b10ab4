"""The list a person reads in the application."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from notifications.kinds import notice_kinds


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications by reader."""

    def of(self, user: Any) -> NotificationQuerySet:
        return self.filter(user=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(is_unread=True)


class Notification(models.Model):
    """One piece of news for one person; the same key is told to nobody twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    about = models.CharField(max_length=80, blank=True)
    is_urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    # Beside `read_at`, for the list is sorted by it.
    is_unread = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=200)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notification_once"),
            models.CheckConstraint(
                condition=models.Q(is_unread=True, read_at=None)
                | models.Q(is_unread=False, read_at__isnull=False),
                name="notification_read_when",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-is_unread", "-at", "-id"], name="notification_list"),
            models.Index(
                fields=["user", "about"],
                name="notification_unread",
                condition=models.Q(is_unread=True),
            ),
            models.Index(
                fields=["at"], name="notification_read", condition=models.Q(is_unread=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        """The kind in words, also when the app that sent it is gone."""
        return str(notice_kinds[self.kind].label) if self.kind in notice_kinds else self.kind
