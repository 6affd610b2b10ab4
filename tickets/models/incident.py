"""What the customers of an incident were told, once for all of them (R35)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.message import Message
from tickets.models.ticket import Ticket


class IncidentUpdate(models.Model):
    """One text for every ticket of an incident; a closing one also closes them."""

    incident = models.ForeignKey(Ticket, models.CASCADE, related_name="incident_updates")
    text = models.TextField()
    is_closing = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"words about incident {self.incident_id}"


class IncidentPost(models.Model):
    """The update in one ticket: each gets it once, however often the work is repeated."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        POSTED = "posted", _("Posted")
        SKIPPED = "skipped", _("Left out")

    update = models.ForeignKey(IncidentUpdate, models.CASCADE, related_name="posts")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["update", "ticket"], name="incident_post_once"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} hears of {self.update_id}"
