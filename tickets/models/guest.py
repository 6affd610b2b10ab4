"""Links by which somebody without an account reads and answers one ticket (trust.md X-20)."""

from __future__ import annotations

from django.db import models

from tickets.models.ticket import Ticket


class GuestLink(models.Model):
    """Opens one ticket to whoever reads one mailbox; only a digest of the token is kept."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="guest_links")
    email = models.EmailField(max_length=254)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"guest link of {self.email} to ticket {self.ticket_id}"
