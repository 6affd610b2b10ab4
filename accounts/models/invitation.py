"""Invitations and the one-time setup token: hashed, single use, short-lived (X-20, X-58)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models.department import Department
from accounts.models.role import Role


class Invitation(models.Model):
    """A colleague asked to join; valid 72 hours, once."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    role = models.ForeignKey(Role, models.CASCADE, related_name="+")
    departments = models.ManyToManyField(Department, related_name="+", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email


class SetupToken(models.Model):
    """Lets the first owner in; the page is gone for ever once an owner exists."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"setup token of {self.created_at:%Y-%m-%d}"
