"""How a person wants to be told what."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """The channels one person chose for one kind; without a row the kind's own count."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences"
    )
    kind = models.CharField(max_length=60)
    channels = ArrayField(models.CharField(max_length=10), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(self.channels)}"


class Habits(models.Model):
    """When a person reads: each mail at once or one a day, and whether the night is quiet."""

    class Digest(models.TextChoices):
        AT_ONCE = "at_once", _("Each notice at once")
        DAILY = "daily", _("One mail a day, at 8:00")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_habits"
    )
    digest = models.CharField(_("Mail"), max_length=8, choices=Digest, default=Digest.AT_ONCE)
    keeps_quiet = models.BooleanField(
        _("Wait for my working hours"),
        default=True,
        help_text=_("Mail, Slack and SMS wait until your shift begins. Urgent notices never wait."),
    )

    class Meta:
        verbose_name_plural = "habits"

    def __str__(self) -> str:
        return self.get_digest_display()

    @classmethod
    def of(cls, user: Any) -> Habits:
        """This person's, or the usual ones."""
        return cls.objects.filter(user=user).first() or cls(user=user)
