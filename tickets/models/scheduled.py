"""Replies that are written and wait for their time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.message import Message
from tickets.models.ticket import Ticket
from tickets.models.vocabulary import Status


class ScheduledReplyQuerySet(models.QuerySet["ScheduledReply"]):
    """Scheduled replies by what becomes of them."""

    def waiting(self) -> ScheduledReplyQuerySet:
        return self.filter(state=ScheduledReply.State.WAITING)


class ScheduledReply(models.Model):
    """A reply of `author` that is posted at `due_at`, unless the customer writes first.

    `message` names what was sent: one row makes one message at most. `predefined` are the replies
    its text was made of, and `changed_share` how far it was rewritten; `promise_due_at` is promised
    when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Called off")
        FAILED = "failed", _("Not sent")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="scheduled_replies")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="scheduled_replies"
    )
    text = models.TextField()
    recipients = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    predefined = models.JSONField(default=list)
    changed_share = models.FloatField(default=0)
    promise_due_at = models.DateTimeField(null=True)
    status_after = models.ForeignKey(Status, models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ScheduledReplyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["ticket", "due_at"],
                name="scheduled_reply_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"reply of {self.author_id} on {self.ticket_id}, due {self.due_at:%F %R}"
