"""Notes of staff about a customer."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from customers.models.customer import Customer


class CustomerNote(models.Model):
    """What a colleague wrote down about a customer; customers never see it."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="written_notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=10_000)
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-is_pinned", "-id"]
        indexes = [
            models.Index(fields=["customer", "-id"], name="note_of_customer"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
