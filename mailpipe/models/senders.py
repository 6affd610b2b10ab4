"""The spam list: who is blocked and who is always let in (R43)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department


class SenderRule(models.Model):
    """Plain words matched against sender, domain, subject or text; never a pattern (X-44)."""

    class Field(models.TextChoices):
        SENDER = "sender", _("Sender address")
        DOMAIN = "domain", _("Sender domain")
        SUBJECT = "subject", _("Words in the subject")
        PHRASE = "phrase", _("Words in the text")

    class Verdict(models.TextChoices):
        BLOCK = "block", _("Hold in quarantine")
        ALLOW = "allow", _("Always let in")

    field = models.CharField(max_length=8, choices=Field)
    value = models.CharField(max_length=254)
    verdict = models.CharField(max_length=6, choices=Verdict, default=Verdict.BLOCK)
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="+"
    )
    comment = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["field", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["field", "value", "department"],
                nulls_distinct=False,
                name="sender_rule_once",
            )
        ]

    def __str__(self) -> str:
        return self.value
