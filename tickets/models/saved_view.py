"""Views of the queue that people keep: conditions, order and columns, for one, some or all."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.models.role import Permission

SAVED = "own-"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views by who may use them."""

    def in_use(self) -> SavedViewQuerySet:
        return self.filter(archived_at=None)

    def own(self, user: User) -> SavedViewQuerySet:
        return self.filter(owner=user.pk)

    def shared(self) -> SavedViewQuerySet:
        return self.filter(owner=None)

    def visible_to(self, user: User) -> SavedViewQuerySet:
        """Own ones, those of everybody, and those of the reader's departments."""
        sees_all = user.may(Permission.TICKETS_ALL)
        return self.visible_in(None if sees_all else user.department_ids(), owner=user.pk)

    def visible_in(self, departments: Sequence[int] | None, *, owner: int) -> SavedViewQuerySet:
        """The same told by keys; None are all departments."""
        shared = models.Q(owner=None)
        if departments is not None:
            shared &= models.Q(department=None) | models.Q(department__in=departments)
        return self.filter(models.Q(owner=owner) | shared)

    def changeable_by(self, user: User) -> SavedViewQuerySet:
        """Own ones; the shared ones too for those who may change settings."""
        mine, shared = models.Q(owner=user.pk), models.Q(owner=None)
        return self.filter(mine | shared if user.may(Permission.SETTINGS_CHANGE) else mine)


class SavedView(models.Model):
    """A part of a shipped view, narrowed by conditions, with an order and columns of its own."""

    class Order(models.TextChoices):
        DUE = "due", _("What is due")
        PRIORITY = "priority", _("Priority")
        CREATED = "created", _("Created")
        UPDATED = "updated", _("Updated")

    name = models.CharField(max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_views",
    )
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="saved_views"
    )
    base = models.CharField(max_length=20)
    conditions = models.JSONField(default=dict, blank=True)
    order = models.CharField(max_length=10, choices=Order)
    is_descending = models.BooleanField(default=False)
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner=None) | models.Q(department=None),
                name="saved_view_own_or_shared",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """How addresses name it, beside the slugs of the shipped views."""
        return f"{SAVED}{self.pk}"

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None
