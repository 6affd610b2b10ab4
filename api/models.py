"""Keys of machines: kept as a prefix people recognise and a hash nobody can turn back (X-26)."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.tokens import digest

MARK = "hd"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys, and the one a machine shows."""

    def with_owner(self) -> ApiKeyQuerySet:
        return self.select_related("owner__role")

    def shown(self, token: str) -> ApiKey | None:
        """The key that `token` is, whatever its state; asked anew for every request."""
        mark, _, rest = token.partition("_")
        prefix, _, secret = rest.partition("_")
        if mark != MARK or not (prefix.isascii() and prefix.isalnum() and secret.isascii()):
            return None
        key = self.with_owner().filter(prefix=prefix).first()
        return key if key is not None and key.opens_with(secret) else None


class ApiKey(models.Model):
    """What a machine shows instead of signing in; it can do no more than its owner may now."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    # The secret is 256 random bits: nobody guesses those, so one fast SHA-256 keeps it as safe
    # as a slow hash would, and is paid with every request.
    secret_hash = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys", editable=False
    )
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_prefix(self) -> str:
        """The beginning of the key, by which its holder knows it."""
        return f"{MARK}_{self.prefix}_…"

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def is_alive(self, now: datetime) -> bool:
        """Whether it opens anything at all: in force, and its owner is staff."""
        return not self.is_revoked and not self.is_expired(now) and self.owner.is_staff

    def opens_with(self, secret: str) -> bool:
        """Compared in constant time; an ill-formed secret digests to nothing that is kept."""
        return hmac.compare_digest(digest(secret), self.secret_hash)
