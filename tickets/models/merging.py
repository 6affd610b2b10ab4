"""Which ticket was merged into which, and which pairs are no duplicates (N19)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tickets.models.ticket import Ticket


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges in the words of the ticket page."""

    def standing(self) -> MergeQuerySet:
        """Those that nobody has undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """`merged` became part of `primary`; `kept` is what undoing puts back."""

    primary = models.ForeignKey(Ticket, models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Ticket, models.CASCADE, related_name="merged_by")
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    kept = models.JSONField(default=dict)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="merge_once", condition=models.Q(undone_at=None)
            ),
            models.CheckConstraint(
                condition=~models.Q(primary=models.F("merged")), name="merge_not_self"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} merged into {self.primary_id}"


class DistinctPair(models.Model):
    """Two tickets that look alike; somebody said that they are two."""

    first = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    second = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_pair_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="distinct_pair_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
