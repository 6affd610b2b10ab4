"""Outside services notices go through; their secrets are sealed (X-54)."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.sealing import seal, unseal


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Endpoints in use."""

    def active(self) -> EndpointQuerySet:
        return self.filter(is_enabled=True)


class Endpoint(models.Model):
    """One Slack workspace or channel, SMS account, PagerDuty service, or webhook."""

    class Kind(models.TextChoices):
        SLACK = "slack", _("Slack")
        SMS = "sms", _("SMS (Twilio)")
        PAGERDUTY = "pagerduty", _("PagerDuty")
        WEBHOOK = "webhook", _("Webhook")

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    is_enabled = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)
    sealed_secret = models.BinaryField(blank=True, default=b"")
    created_at = models.DateTimeField()

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def secrets(self) -> dict[str, str]:
        """What opens the service. Raises CannotUnseal when the key of the installation is gone."""
        if not self.sealed_secret:
            return {}
        opened: dict[str, str] = json.loads(unseal(self.sealed_secret))
        return opened

    def seal_secrets(self, secrets: dict[str, Any]) -> None:
        """Set what opens the service; the caller saves."""
        self.sealed_secret = seal(json.dumps(secrets))
