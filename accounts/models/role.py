"""Roles are rows with permissions; code asks for permissions, never for role names."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """Everything a role may allow; the value is what code asks for."""

    TICKETS_WORK = "tickets.work", _("Read and answer tickets of own departments")
    TICKETS_ALL = "tickets.all", _("Read and answer tickets of all departments")
    TICKETS_DELETE = "tickets.delete", _("Delete tickets")
    CUSTOMERS_CHANGE = "customers.change", _("Change and merge customers")
    MAIL_INSPECT = "mail.inspect", _("See the mail ledger, the outbox and raw mails")
    SETTINGS_CHANGE = "settings.change", _("Change settings")
    STAFF_CHANGE = "staff.change", _("Invite and change staff")
    AUDIT_READ = "audit.read", _("Read the audit log")
    SYSTEM_READ = "system.read", _("Read the system page")


class Role(models.Model):
    """What a group of people may do; owner, manager, agent and customer are shipped."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    is_staff = models.BooleanField(default=True)
    is_owner = models.BooleanField(default=False)
    is_shipped = models.BooleanField(default=False)
    permissions = ArrayField(
        models.CharField(max_length=40, choices=Permission), default=list, blank=True
    )
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_staff=True) | models.Q(permissions=[]),
                name="role_customer_without_permissions",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def allows(self, permission: str) -> bool:
        return self.is_owner or permission in self.permissions
