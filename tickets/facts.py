"""The facts of one ticket as plain values, as conditions ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from accounts.models import Team
from calendars.models import BusinessCalendar, CalendarVersion
from calendars.versions import calendar_for
from core.conditions.operators import folded
from customers.conditions import customer_facts, requester_facts
from customers.models import Customer
from customers.records import is_courted, unpaid_since
from tickets.custom_fields.conditions import custom_facts, values_column, values_in
from tickets.custom_fields.values import values_of
from tickets.models import Attachment, Message, Status, Ticket
from tickets.new_text import new_text

_MOMENTS: Final = (
    "created_at",
    "updated_at",
    "last_customer_at",
    "last_staff_at",
    "last_human_at",
)
_COUNTS: Final = ("message_count", "reopened_count", "escalation_level")


class Around(NamedTuple):
    """What other tables tell of a ticket: files of a message, the team, the department's hours.

    `custom` are the answers in fields of the company's own, as `values_column` brings them;
    `unpaid_since` and `is_courted` tell of the customer's invoices and opportunities.
    """

    has_files: bool
    team_tier: str | None
    calendar_version: int | None
    custom: list[dict[str, Any]] | None = None
    unpaid_since: date | None = None
    is_courted: bool = False


def ticket_facts(
    ticket: Ticket,
    *,
    message: Message | None = None,
    now: datetime | None = None,
    before: Mapping[str, Any] | None = None,
    around: Around | None = None,
) -> dict[str, Any]:
    """What conditions may ask about `ticket`, as it is now.

    Without `now` only the settled facts, those that policies keep. `message` is the one that gave
    the occasion; without it, it is the one that opened the ticket. `before` are values of fields
    that changed, as they were; `around` is what `around_of` told of many tickets at once. Asks the
    database four times at most, once more for the settled facts where there are custom fields.
    """
    _load_customer(ticket)
    facts = {
        **customer_facts(ticket.customer),
        "department": ticket.department_id,
        "service": ticket.service_id,
        "channel": str(ticket.channel),
        "priority": ticket.priority_id,
        "status_kind": str(ticket.status_kind),
        "tags": sorted(tag.name for tag in ticket.tags.all()),
        "subject": ticket.full_subject or ticket.subject,
    }
    if now is None:
        return {**facts, **custom_facts(values_of(ticket))}
    said = message or first_messages().filter(ticket=ticket).first()
    around = around or around_of({ticket.pk: said.pk if said else None})[ticket.pk]
    return {
        **facts,
        **requester_facts(ticket.customer, now=now),
        **_own_facts(ticket),
        **_message_facts(said, subject=facts["subject"]),
        **_facts_around(around, now=now),
        **custom_facts(values_in(around.custom)),
        **_facts_before(before),
        "now": now.isoformat(),
    }


def first_messages() -> QuerySet[Message]:
    """Messages in their order, without what facts never need."""
    return Message.objects.defer("html", "quoted_text", "quoted_html").order_by("pk")


def tier_of_team(person: str) -> Subquery:
    """The tier of the first team the person of this column belongs to."""
    teams = Team.objects.active().filter(members=OuterRef(person)).order_by("position", "pk")
    return Subquery(teams.values("tier")[:1])


def _load_customer(ticket: Ticket) -> None:
    """The customer with the organisation in one statement, where the caller did not join them."""
    if "customer" not in ticket._state.fields_cache:
        customers = Customer.objects.select_related("organisation")
        ticket.customer = customers.get(pk=ticket.customer_id)


def _own_facts(ticket: Ticket) -> dict[str, Any]:
    moments = {name: getattr(ticket, name) for name in _MOMENTS}
    return {
        "status": ticket.status_id,
        "assignee": ticket.assignee_id,
        "sla_state": str(ticket.sla_state) or None,
        "sla_metric": ticket.sla_metric or None,
        **{name: getattr(ticket, name) for name in _COUNTS},
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
    }


def _message_facts(message: Message | None, *, subject: str) -> dict[str, Any]:
    body = new_text(message.text) if message else ""
    sender = folded(message.author_email) if message else ""
    to = [*message.recipients_to, *message.recipients_cc] if message else []
    return {
        "body": body,
        "subject_body": f"{subject}\n{body}",
        "sender_address": sender,
        "sender_domain": sender.rpartition("@")[2],
        "to_address": [*map(folded, to)],
    }


def around_of(first: Mapping[int, int | None]) -> dict[int, Around]:
    """What other tables tell of tickets, in one statement; `first` maps each to its message."""
    default = BusinessCalendar.objects.filter(is_default=True).values("pk")[:1]
    calendar = Coalesce(OuterRef("department__calendar"), Subquery(default))
    versions = CalendarVersion.objects.filter(calendar=calendar).order_by("-pk")
    files = Attachment.objects.filter(
        ticket=OuterRef("pk"), message__in={pk for pk in first.values() if pk}
    )
    rows = (
        Ticket.objects.filter(pk__in=first)
        .annotate(
            has_files=Exists(files),
            tier=tier_of_team("assignee"),
            hours=Subquery(versions.values("pk")[:1]),
            custom=values_column(),
            unpaid=unpaid_since(),
            courted=is_courted(),
        )
        .values_list("pk", "has_files", "tier", "hours", "custom", "unpaid", "courted")
    )
    return {pk: Around(*found) for pk, *found in rows}


def _facts_around(around: Around, *, now: datetime) -> dict[str, Any]:
    calendar, unpaid = around.calendar_version, around.unpaid_since
    return {
        "has_overdue_invoice": unpaid is not None and unpaid < localdate(now),
        "open_opportunity": around.is_courted,
        "has_attachment": around.has_files,
        "team_tier": around.team_tier,
        "hours": calendar_for(calendar).day_kind(now) if calendar else "open",
    }


def _facts_before(before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What changed, and what it was; absent where nothing tells."""
    if before is None:
        return {}
    facts: dict[str, Any] = {f"previous_{name}": _plain(was) for name, was in before.items()}
    status = before.get("status")
    if isinstance(status, Status):
        facts["previous_status_kind"] = str(status.kind)
    return {**facts, "changed": sorted(before)}


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
