"""Notifications, their deliveries, and where else staff is reached."""

from notifications.models.announcement import Announcement
from notifications.models.delivery import NoticeDelivery
from notifications.models.endpoint import Endpoint
from notifications.models.notification import Notification
from notifications.models.preference import Habits, Preference

__all__ = ["Announcement", "Endpoint", "Habits", "NoticeDelivery", "Notification", "Preference"]
