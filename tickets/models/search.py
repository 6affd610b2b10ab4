"""One search document per ticket, written by a sweep (performance.md 4c)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tickets.models.ticket import Ticket


class SearchDocument(models.Model):
    """Subject (A), customer (B) and messages up to 64 KB (C) of a ticket."""

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="search_document"
    )
    vector = SearchVectorField(null=True)
    is_stale = models.BooleanField(default=True)

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="search_vector", fastupdate=False),
            models.Index(fields=["ticket"], name="search_stale", condition=models.Q(is_stale=True)),
        ]

    def __str__(self) -> str:
        return f"search document of {self.ticket_id}"
