"""Departments: support areas with their own addresses and members (R1-R10)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Departments in use, and those a person sees."""

    def active(self) -> DepartmentQuerySet:
        return self.filter(archived_at__isnull=True)

    def portal_visible(self) -> DepartmentQuerySet:
        return self.active().filter(is_portal_visible=True)


class Department(models.Model):
    """A support area; mail to one of its addresses becomes its ticket."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=200, blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="departments"
    )
    calendar = models.ForeignKey(
        "calendars.BusinessCalendar", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    signature = models.TextField(blank=True, max_length=2000)
    sends_receipts = models.BooleanField(default=True)
    is_portal_visible = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="department_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The address this department sends from: its primary one, else its first, else none."""
        addresses = sorted(self.addresses.all(), key=lambda row: (not row.is_primary, row.pk))
        return addresses[0].email if addresses else ""


class DepartmentAddress(models.Model):
    """One mail address of a department, canonical and lower case."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="addresses")
    email = models.EmailField(max_length=254)
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_primary", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="department_address_once"),
            models.UniqueConstraint(
                fields=["department"],
                condition=models.Q(is_primary=True),
                name="department_one_primary_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """A person who works in a department."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "user"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.department}"
