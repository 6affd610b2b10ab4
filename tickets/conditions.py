"""What conditions may ask about a ticket, and its facts as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from core.conditions import FieldSpec, column, fields, names_of_rows
from core.conditions.operators import folded
from customers.conditions import customer_facts
from tickets import vocabulary
from tickets.models import Message, Priority, Service, Tag, Ticket
from tickets.models.ticket import Channel
from tickets.models.vocabulary import Kind


def ticket_facts(
    ticket: Ticket,
    *,
    message: Message | None = None,
    now: datetime | None = None,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything conditions may ask about `ticket`, as it is now.

    `message` is the one that set it off, `before` the old values of the fields that changed.
    """
    return {
        "body": message.text if message else "",
        "now": now.isoformat() if now else None,
        "changed": sorted(before or ()),
        **customer_facts(ticket.customer),
        "department": ticket.department_id,
        "service": ticket.service_id,
        "channel": str(ticket.channel),
        "priority": ticket.priority_id,
        "status_kind": str(ticket.status_kind),
        "tags": sorted(tag.name for tag in ticket.tags.all()),
        "subject": ticket.full_subject or ticket.subject,
    }


def _choices(rows: Callable[[], Iterable[Model]]) -> Callable[[], list[tuple[Any, str]]]:
    return lambda: [(row.pk, str(row)) for row in rows()]


def _tags(op: str, value: Any) -> Q:
    """Tags by their words: a tag nobody uses any more is on no ticket."""
    links = Ticket.tags.through.objects.filter(ticket=OuterRef("pk"))
    if op == "is_empty":
        return ~Q(Exists(links))
    if op == "contains_all":
        return Q(*(_tags("contains_any", [name]) for name in value))
    tags = Tag.objects.annotate(word=Lower("name")).filter(word__in=[*map(folded, value)])
    carried = Q(Exists(links.filter(tag__in=tags)))
    return ~carried if op == "contains_none" else carried


fields.register(
    "department",
    FieldSpec(
        key="department",
        label=_("Department"),
        kind="choice",
        choices=_choices(vocabulary.departments),
        query=column("department"),
        names=names_of_rows(Department.objects.all),
    ),
)
fields.register(
    "service",
    FieldSpec(
        key="service",
        label=_("Service"),
        kind="choice",
        choices=_choices(vocabulary.services),
        query=column("service"),
        names=names_of_rows(Service.objects.all),
    ),
)
fields.register(
    "channel",
    FieldSpec(
        key="channel",
        label=_("Channel"),
        kind="choice",
        choices=lambda: list(Channel.choices),
        query=column("channel"),
    ),
)
fields.register(
    "priority",
    FieldSpec(
        key="priority",
        label=_("Priority"),
        kind="choice",
        choices=_choices(vocabulary.priorities),
        query=column("priority"),
        names=names_of_rows(Priority.objects.all),
    ),
)
fields.register(
    "status_kind",
    FieldSpec(
        key="status_kind",
        label=_("Kind of status"),
        kind="choice",
        choices=lambda: list(Kind.choices),
        query=column("status_kind"),
    ),
)
fields.register("tags", FieldSpec(key="tags", label=_("Tags"), kind="set", query=_tags))
fields.register("subject", FieldSpec(key="subject", label=_("Subject"), kind="words"))
