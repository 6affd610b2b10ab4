"""Systems that are asked for records, when they were, and files of records."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Job
from core.sealing import seal, unseal
from customers.models.customer import Customer


class CrmConnectionQuerySet(models.QuerySet["CrmConnection"]):
    """Connections in use."""

    def active(self) -> CrmConnectionQuerySet:
        return self.filter(is_active=True)


class CrmConnection(models.Model):
    """One system we ask; its records stay when it is switched off, so it is never removed."""

    class Kind(models.TextChoices):
        ERPNEXT = "erpnext", _("ERPNext")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ERPNEXT)
    base_url = models.URLField(max_length=300)
    sealed_token = models.BinaryField(blank=True, default=b"")
    token_end = models.CharField(max_length=4, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    last_ok_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)

    objects = CrmConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """The name its records go by."""
        return f"crm-{self.pk}"

    @property
    def token(self) -> str:
        """What opens the system. Raises CannotUnseal when the key of the installation is gone."""
        return unseal(self.sealed_token) if self.sealed_token else ""

    def seal_token(self, token: str) -> None:
        """Set what opens the system; the caller saves."""
        self.sealed_token, self.token_end = seal(token), token[-4:]


class CrmLookup(models.Model):
    """What one system was asked about one customer; the row waits while `due_at` is set."""

    connection = models.ForeignKey(CrmConnection, models.CASCADE, related_name="lookups")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="lookups")
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "customer"], name="lookup_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="lookup_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.customer_id}"


class CrmImport(models.Model):
    """A file of records: its text and which column is what; a job takes it in."""

    name = models.CharField(max_length=120)
    content = models.TextField()
    columns = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
