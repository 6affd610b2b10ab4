"""Changing fields of a ticket: one change-set, one history event, one typed event per field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from core.events import emit
from core.text import clean_line
from customers.models import Customer
from tickets import events
from tickets.actions.record import (
    append_events,
    lock_ticket,
    named,
    new_event,
    status_facts,
    touch_search,
)
from tickets.actors import Actor
from tickets.attention import SETTLED_FIELDS, settle
from tickets.custom_fields.resolving import lacking_answers, refuse_unanswered
from tickets.models import Event, Priority, Service, Status, Ticket
from tickets.models.vocabulary import RESOLVED_KINDS, Kind
from tickets.permissions import may_be_assigned


class Unchanged:
    """Says that a change-set leaves a field alone, where None has a meaning of its own."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, kw_only=True)
class Changes:
    """New values of fields; UNCHANGED leaves one as it is.

    `because` is kept beside the change in the history, such as the cause of a closing.
    """

    status: Status | Unchanged = UNCHANGED
    priority: Priority | Unchanged = UNCHANGED
    service: Service | Unchanged | None = UNCHANGED
    department: Department | Unchanged = UNCHANGED
    assignee: User | Unchanged | None = UNCHANGED
    customer: Customer | Unchanged = UNCHANGED
    subject: str | Unchanged = UNCHANGED
    because: Mapping[str, Any] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """The fields that are to change."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        del values["because"]
        return {name: value for name, value in values.items() if value is not UNCHANGED}


_EVENT_OF_FIELD: dict[str, type[events.FieldChanged]] = {
    "status": events.StatusChanged,
    "priority": events.PriorityChanged,
    "service": events.ServiceChanged,
    "department": events.TicketTransferred,
    "assignee": events.AssigneeChanged,
    "customer": events.RequesterChanged,
    "subject": events.SubjectChanged,
}
_LIFE_FIELDS = ("resolved_at", "closed_at", "reopened_count", "status_since")


@transaction.atomic
def change_ticket(ticket: Ticket, *, changes: Changes, actor: Actor, now: datetime) -> Ticket:
    """Apply a change-set; fields that already are so are left out, and no change writes nothing.

    Raises ValidationError when the new assignee could not open the ticket, and when staff resolve
    one that lacks an answer it needs.
    Emits one event per changed field, and TicketReopened when a resolved ticket opens again.
    """
    ticket = lock_ticket(ticket)
    return apply_changes(ticket, changes=changes, actor=actor, now=now)


def apply_changes(
    ticket: Ticket,
    *,
    changes: Changes,
    actor: Actor,
    now: datetime,
    unsaved: tuple[str, ...] = (),
    said: tuple[Event, ...] = (),
) -> Ticket:
    """`change_ticket` on a row the caller has locked, and whose `unsaved` columns it has set.

    `said` are rows of the history that come before the change and are stored with it.
    """
    wanted = _effective(ticket, changes.given())
    if not wanted:
        if unsaved:
            ticket.save(update_fields=unsaved)
        append_events(ticket, list(said))
        return ticket
    because = _because(ticket, wanted, changes, actor)
    before = _facts(ticket, wanted)
    rows = {name: getattr(ticket, name) for name in wanted}
    for name, value in wanted.items():
        setattr(ticket, name, value)
    reopened = _live(ticket, rows.get("status"), now)
    settle(ticket, now=now)
    ticket.save(update_fields={*wanted, *SETTLED_FIELDS, *_LIFE_FIELDS, *unsaved})
    after = _facts(ticket, wanted)
    facts = {name: {"before": before[name], "after": after[name]} for name in wanted}
    kind = _event_kind(ticket, reopened, wanted)
    change = new_event(ticket, kind, actor=actor, now=now, changes=facts, **because)
    append_events(ticket, [*said, change])
    if "subject" in wanted or "customer" in wanted:
        touch_search(ticket)
    _announce(ticket, rows, actor=actor, now=now)
    if reopened:
        emit(events.TicketReopened(ticket=ticket, actor=actor, now=now))
    return ticket


def change_status(ticket: Ticket, *, status: Status, actor: Actor, now: datetime) -> Ticket:
    """Set the status."""
    return change_ticket(ticket, changes=Changes(status=status), actor=actor, now=now)


def assign_ticket(ticket: Ticket, *, assignee: User | None, actor: Actor, now: datetime) -> Ticket:
    """Give the ticket to `assignee`, or back to the queue with None."""
    return change_ticket(ticket, changes=Changes(assignee=assignee), actor=actor, now=now)


def transfer_ticket(
    ticket: Ticket, *, department: Department, actor: Actor, now: datetime
) -> Ticket:
    """Move the ticket; an assignee who could no longer open it loses it (X-15)."""
    return change_ticket(ticket, changes=Changes(department=department), actor=actor, now=now)


def _effective(ticket: Ticket, given: dict[str, Any]) -> dict[str, Any]:
    """What really changes, with the assignee's right to the department looked after."""
    if "subject" in given:
        given["subject"] = clean_line(given["subject"], 255) or ticket.subject
    wanted = {name: value for name, value in given.items() if getattr(ticket, name) != value}
    if not {"department", "assignee"} & wanted.keys():
        return wanted
    department = wanted.get("department", ticket.department)
    assignee = wanted.get("assignee", ticket.assignee)
    if assignee is None or may_be_assigned(assignee, department.pk):
        return wanted
    if "assignee" in wanted:
        raise ValidationError(
            _("%(name)s is not a member of %(department)s.")
            % {"name": assignee.display_name, "department": department.name}
        )
    return wanted | {"assignee": None}


def _because(
    ticket: Ticket, wanted: Mapping[str, Any], changes: Changes, actor: Actor
) -> dict[str, Any]:
    """Why, for the history. Raises ValidationError when staff resolve what lacks an answer."""
    lacking = lacking_answers(ticket, wanted)
    if actor.is_human_staff:
        refuse_unanswered(lacking)
    return {**changes.because, **({"lacking": lacking} if lacking else {})}


def _live(ticket: Ticket, old_status: Status | None, now: datetime) -> bool:
    """Keep the dates of resolution and closing; returns whether the ticket opened again."""
    if old_status is None:
        return False
    ticket.status_since = now
    was_resolved, is_resolved = old_status.is_resolved, ticket.status.is_resolved
    if is_resolved and not was_resolved:
        ticket.resolved_at = now
    ticket.closed_at = now if ticket.status.kind == Kind.CLOSED else None
    if was_resolved and not is_resolved:
        ticket.resolved_at = None
        ticket.reopened_count += 1
        return True
    return False


def _event_kind(ticket: Ticket, reopened: bool, wanted: dict[str, Any]) -> str:  # noqa: FBT001 -- a fact of the caller
    if reopened:
        return Event.Kind.REOPENED
    if "status" in wanted and ticket.status.kind in RESOLVED_KINDS:
        return Event.Kind.CLOSED
    return Event.Kind.CHANGED


def _facts(ticket: Ticket, names: Iterable[str]) -> dict[str, Any]:
    """Fields as the history keeps them."""
    return {name: _fact(ticket, name) for name in names}


def _fact(ticket: Ticket, name: str) -> Any:
    if name == "status":
        return status_facts(ticket)
    value = getattr(ticket, name)
    return value if isinstance(value, str) else named(value)


def _announce(ticket: Ticket, before: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    for name, old in before.items():
        emit(
            _EVENT_OF_FIELD[name](
                ticket=ticket, actor=actor, now=now, before=old, after=getattr(ticket, name)
            )
        )
