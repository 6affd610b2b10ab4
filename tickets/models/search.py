"""What is searched: a document per ticket, and the words of each file (performance.md 4c)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class SearchDocument(models.Model):
    """Subject (A), customer (B), messages up to 64 KB (C) and files (D) of a ticket."""

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


class AttachmentText(models.Model):
    """The words of one stored file, read once however many messages carry it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READ = "read", _("Read")
        FAILED = "failed", _("Not readable")

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    text = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    # When it is tried next; while it is being read, when its reader is given up.
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="attachment_text_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["due_at"],
                name="attachment_text_failed",
                condition=models.Q(state="failed"),
            ),
        ]

    def __str__(self) -> str:
        return f"words of {self.sha256[:12]}"
