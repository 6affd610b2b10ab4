"""Notices on their way out: a row for each person or service and channel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Delivery
from notifications.models.endpoint import Endpoint
from notifications.models.notification import Notification


class NoticeDelivery(Delivery):
    """One notice over one channel; its idempotency key goes along to the other side."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        SLACK = "slack", _("Slack")
        SMS = "sms", _("SMS")
        PAGERDUTY = "pagerduty", _("PagerDuty")
        WEBHOOK = "webhook", _("Webhook")

    channel = models.CharField(max_length=10, choices=Channel)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notice_deliveries"
    )
    endpoint = models.ForeignKey(Endpoint, models.SET_NULL, null=True, related_name="deliveries")
    notification = models.ForeignKey(
        Notification, models.SET_NULL, null=True, related_name="deliveries"
    )
    folded_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="folded")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    about = models.CharField(max_length=80, blank=True)
    is_urgent = models.BooleanField(default=False)
    # Waits for company: all that are due at once leave as one mail.
    is_folding = models.BooleanField(default=False)
    mail_reply_to = models.CharField(max_length=400, blank=True)
    mail_headers = models.JSONField(default=dict)
    payload = models.JSONField(null=True)
    reference = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="notice_due",
                condition=models.Q(state__in=["pending", "sending"]),
            ),
            models.Index(fields=["-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="notice_state"),
            models.Index(
                fields=["sent_at", "user"],
                name="notice_mailed",
                condition=models.Q(channel="mail", state="sent"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def recipient(self) -> str:
        """Whom it is for, in words."""
        return str(self.user or self.endpoint or _("nobody"))
