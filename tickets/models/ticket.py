"""The ticket: one request of one customer, with what the queue sorts and filters by."""

from __future__ import annotations

import base64
import secrets
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from customers.models import Customer
from tickets.models.vocabulary import Kind, Priority, Service, Status, Tag

if TYPE_CHECKING:
    from accounts.models import User
    from tickets.models.history import Event

# PostgreSQL's 'infinity' cannot be loaded into a datetime, NULL breaks row comparison.
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)


def new_thread_token() -> str:
    """128 random bits in base32: names the ticket in addresses and Message-IDs (D-19)."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


class Channel(models.TextChoices):
    """Where a ticket or message came from (R11, R30)."""

    EMAIL = "email", _("E-mail")
    PORTAL = "portal", _("Portal")
    FORM = "form", _("Contact form")
    PHONE = "phone", _("Phone")
    MANUAL = "manual", _("By hand")
    WHATSAPP = "whatsapp", _("WhatsApp")
    CHAT = "chat", _("Live chat")
    API = "api", _("API")


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Tickets in the words of the queue."""

    def alive(self) -> TicketQuerySet:
        return self.filter(deleted_at__isnull=True)

    def open(self) -> TicketQuerySet:
        return self.filter(is_open=True)

    def visible_to(self, user: User) -> TicketQuerySet:
        """What one person may see: see `tickets.permissions.tickets_visible_to`."""
        from tickets.permissions import tickets_visible_to  # noqa: PLC0415 -- the policy reads these models

        return tickets_visible_to(user, self)

    def awake(self) -> TicketQuerySet:
        """Not set aside for later."""
        return self.filter(snoozed_until=None)

    def escalated(self) -> TicketQuerySet:
        """Open, flagged as escalated or standing in an escalated status."""
        flagged = models.Q(escalation_level__gt=0) | models.Q(status_kind=Kind.ESCALATED)
        return self.open().filter(flagged)

    def at_risk(self, now: datetime) -> TicketQuerySet:
        """Open, a warning of the deadline reached, the deadline not yet.

        Without a deadline no warning is reached; to say so spares reading all that have none.
        """
        due = models.Q(sla_due_at__gt=now, sla_due_at__lt=NO_DEADLINE)
        return self.open().filter(due, sla_risk_at__lte=now)

    def overdue(self, now: datetime) -> TicketQuerySet:
        """Open, the deadline passed (R97)."""
        return self.open().filter(sla_due_at__lte=now)

    def attention_order(self) -> TicketQuerySet:
        """The next deadline, promise or overdue wait first (N9)."""
        return self.order_by("next_due_at", "id")

    def morning_order(self) -> TicketQuerySet:
        """Urgent first regardless of age (R19)."""
        return self.order_by("priority_rank", "next_due_at", "id")


class Ticket(models.Model):
    """A request with its state; rows of `Event` tell how it came to it."""

    Channel = Channel

    class DueReason(models.TextChoices):
        NONE = "", _("Nothing is due")
        WAITING = "waiting", _("Customer waits")
        SLA = "sla", _("Deadline")
        PROMISE = "promise", _("Promise")

    class SlaState(models.TextChoices):
        NONE = "", _("No deadline")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        MET = "met", _("Fulfilled")
        FAILED = "failed", _("Failed")
        EXCLUDED = "excluded", _("Excluded")

    number = models.BigIntegerField(unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread_token = models.CharField(max_length=26, default=new_thread_token, unique=True)
    subject = models.CharField(max_length=255)
    full_subject = models.TextField(blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    department = models.ForeignKey(Department, models.PROTECT, related_name="tickets")
    status = models.ForeignKey(Status, models.PROTECT, related_name="tickets")
    status_kind = models.CharField(max_length=20, choices=Kind)
    priority = models.ForeignKey(Priority, models.PROTECT, related_name="tickets")
    priority_rank = models.PositiveSmallIntegerField()
    service = models.ForeignKey(
        Service, models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    channel = models.CharField(max_length=10, choices=Channel)
    tags = models.ManyToManyField(Tag, related_name="tickets", blank=True)

    is_open = models.BooleanField(default=True)
    is_spam = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="merged_tickets"
    )
    deleted_at = models.DateTimeField(null=True)

    sla_due_at = models.DateTimeField(default=NO_DEADLINE)
    sla_risk_at = models.DateTimeField(default=NO_DEADLINE)
    sla_metric = models.CharField(max_length=20, blank=True, default="")
    sla_state = models.CharField(max_length=10, choices=SlaState, blank=True, default="")
    promised_at = models.DateTimeField(default=NO_DEADLINE)
    next_due_at = models.DateTimeField(default=NO_DEADLINE)
    due_reason = models.CharField(max_length=10, choices=DueReason, blank=True, default="")

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    last_customer_at = models.DateTimeField(null=True)
    last_staff_at = models.DateTimeField(null=True)
    first_responded_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)

    escalation_level = models.PositiveSmallIntegerField(default=0)
    escalated_at = models.DateTimeField(null=True)
    status_since = models.DateTimeField(db_default=Now())
    unassigned_since = models.DateTimeField(null=True)
    last_human_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    is_emergency = models.BooleanField(default=False, db_default=False)
    is_incident = models.BooleanField(default=False, db_default=False)
    handover = models.ForeignKey(
        "tickets.Message", models.SET_NULL, null=True, related_name="+", db_constraint=False
    )

    message_count = models.PositiveIntegerField(default=0)
    last_message_id = models.BigIntegerField(null=True)
    last_message_at = models.DateTimeField(null=True)
    last_message_preview = models.CharField(max_length=160, blank=True)
    last_message_by = models.CharField(max_length=10, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_open=False)
                | models.Q(is_spam=False, merged_into=None, deleted_at=None)
                & ~models.Q(status_kind__in=["resolved", "closed"]),
                name="ticket_open_means_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority_rank", "next_due_at", "id"],
                name="ticket_open_morning",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["department", "priority_rank", "next_due_at", "id"],
                name="ticket_open_department",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["status", "next_due_at", "id"],
                name="ticket_open_status_due",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["assignee", "next_due_at", "id"],
                name="ticket_open_assignee_due",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["next_due_at", "id"],
                name="ticket_open_attention",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["department", "assignee", "status_kind", "priority_rank"],
                include=[
                    "waiting_since",
                    "next_due_at",
                    "deleted_at",
                    "snoozed_until",
                    "escalation_level",
                ],
                name="ticket_open_counters",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                name="ticket_spam",
                condition=models.Q(is_spam=True),
            ),
            models.Index(
                fields=["sla_due_at", "id"],
                name="ticket_open_deadline",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["department", "sla_due_at"],
                name="ticket_open_clock",
                include=["sla_risk_at", "deleted_at"],
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["next_due_at", "id"],
                name="ticket_open_escalated",
                condition=models.Q(
                    models.Q(escalation_level__gt=0) | models.Q(status_kind="escalated"),
                    is_open=True,
                ),
            ),
            *(
                models.Index(
                    fields=[column, "id"],
                    name=f"ticket_open_{name}",
                    condition=models.Q(is_open=True),
                )
                for column, name in (
                    ("waiting_since", "waiting"),
                    ("created_at", "created"),
                    ("unassigned_since", "unassigned"),
                    ("status_since", "stuck"),
                )
            ),
            models.Index(
                fields=["status_kind", "last_human_at"],
                name="ticket_quiet",
                condition=models.Q(deleted_at=None) & ~models.Q(status_kind="closed"),
            ),
            models.Index(
                fields=["snoozed_until", "id"],
                name="ticket_open_snoozed",
                condition=models.Q(is_open=True, snoozed_until__isnull=False),
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                name="ticket_open_updated",
                condition=models.Q(is_open=True),
            ),
            models.Index(fields=["-updated_at", "-id"], name="ticket_updated"),
            models.Index(
                fields=["department", "-updated_at", "-id"], name="ticket_department_updated"
            ),
            models.Index(fields=["customer", "-id"], name="ticket_customer"),
            models.Index(fields=["created_at"], name="ticket_created"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @cached_property
    def fresh_events(self) -> list[Event]:
        """History written through this instance: reactions need not read it again."""
        return []

    @property
    def awaits_agent(self) -> bool:
        """Whether the customer spoke last and waits."""
        return self.is_open and self.waiting_since is not None

    @property
    def is_escalated(self) -> bool:
        return self.escalation_level > 0

    @property
    def is_resolved(self) -> bool:
        return self.status_kind in (Kind.RESOLVED, Kind.CLOSED)

    @property
    def customer_words(self) -> str:
        """Where the ticket stands, in words for its customer."""
        return self.status.customer_words


class Follower(models.Model):
    """Somebody besides the requester who gets public replies."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="followers")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=160, blank=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="followed")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="followed_tickets"
    )
    is_hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "email"], name="follower_once")]

    def __str__(self) -> str:
        return self.email


class TicketLink(models.Model):
    """Two tickets that belong together: a mention, a referral, a follow-up."""

    class Kind(models.TextChoices):
        MENTIONS = "mentions", _("mentions")
        FOLLOWS = "follows", _("follows up on")
        REFERRAL = "referral", _("also addressed to")
        PART = "part", _("is part of")
        SPLIT = "split", _("was split from")

    source = models.ForeignKey(Ticket, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Ticket, models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="ticket_link_once"),
            models.UniqueConstraint(
                fields=["source"], name="ticket_one_parent", condition=models.Q(kind="part")
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="ticket_link_not_self"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
