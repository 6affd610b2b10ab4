"""Rules run where things happen to tickets, inside the same transaction (rules.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automation.models import RuleKind
from automation.on_call import reactions as _on_call  # noqa: F401 -- registers its own
from automation.retention import forget_escalations, forget_texts
from automation.running import Occasion, run_rules
from core.events import on
from sla.events import ClockBreached, ClockFired, ClockWarned
from tickets import events
from tickets.actors import Actor
from tickets.conversations import split_family
from tickets.models import Message, Ticket

CLOCK: Final = Actor.system("Clock")
# What an agent decides by opening a ticket by hand; rules leave it unless told otherwise.
_CHOSEN_AT_OPENING: Final = ("department", "service", "priority", "assignee")
_AT_OPENING: Final = (RuleKind.CLASSIFY, RuleKind.ROUTING)
_AFTERWARDS: Final = (RuleKind.TRIGGER, RuleKind.ESCALATION)


@on(events.TicketOpened)
def route(event: events.TicketOpened) -> None:
    """Classify, then route: before clocks start and anybody is told (ARCHITECTURE 3)."""
    if event.ticket.is_spam:
        return
    for kind in _AT_OPENING:
        run_rules(
            kind,
            Occasion(
                ticket=event.ticket,
                trigger="created",
                now=event.now,
                actor=event.actor,
                message=event.message,
                event=event,
                kept=_chosen(event),
            ),
        )


def follow(event: events.TicketEvent) -> None:
    """Triggers and escalations that wait for this event."""
    if event.ticket.is_spam or event.ticket.deleted_at is not None:
        return
    if _is_held(event) or _is_flag_of_rule(event):
        return
    occasion = Occasion(
        ticket=event.ticket,
        trigger=_TRIGGERS[type(event)],
        now=event.now,
        actor=event.actor,
        message=getattr(event, "message", None),
        event=event,
        before=_before(event),
        kept=_set_by_agent(event),
    )
    for kind in _AFTERWARDS:
        run_rules(kind, occasion)


def escalate(event: ClockFired) -> None:
    """Escalations that wait for a deadline; the firing's row makes their keys."""
    trigger = "clock_breached" if isinstance(event, ClockBreached) else "clock_warned"
    run_rules(
        RuleKind.ESCALATION,
        Occasion(
            ticket=event.ticket,
            trigger=trigger,
            now=event.now,
            actor=CLOCK,
            event=event,
            args={"metric": event.clock.metric},
            key=f"firing:{event.firing.pk}",
        ),
    )


def _is_held(event: events.TicketEvent) -> bool:
    """A message that waits for approval starts nothing (X-03)."""
    message = getattr(event, "message", None)
    return message is not None and message.is_held


def _is_flag_of_rule(event: events.TicketEvent) -> bool:
    """The trigger is about escalating by hand: rules need not hear of each other's flags."""
    return isinstance(event, events.TicketEscalated) and not event.actor.is_human_staff


def _before(event: events.TicketEvent) -> Mapping[str, Any]:
    """The field that changed with its old value."""
    if not isinstance(event, events.FieldChanged):
        return {}
    return {_FIELDS[type(event)]: event.before}


def _chosen(event: events.TicketOpened) -> frozenset[str]:
    if not event.actor.is_human_staff:
        return frozenset()
    return frozenset(name for name in _CHOSEN_AT_OPENING if getattr(event.ticket, name) is not None)


def _set_by_agent(event: events.TicketEvent) -> frozenset[str]:
    """Every field the agent changed in the same step."""
    if not event.actor.is_human_staff:
        return frozenset()
    return frozenset(_changed_fields(event.ticket))


def _changed_fields(ticket: Ticket) -> list[str]:
    newest = ticket.fresh_events[-1:] if ticket.fresh_events else []
    return [name for row in newest for name in row.data.get("changes", {})]


_FIELDS: Final = {
    events.StatusChanged: "status",
    events.PriorityChanged: "priority",
    events.ServiceChanged: "service",
    events.TicketTransferred: "department",
    events.AssigneeChanged: "assignee",
    events.RequesterChanged: "customer",
    events.SubjectChanged: "subject",
}


@on(events.MessageRedacted)
def forget_redacted(event: events.MessageRedacted) -> None:
    """The runs that read the words keep their verdicts, and escalations their times."""
    told = Message.objects.filter(pk__in=event.touched).values_list("ticket", "origin")
    tickets = {pk for pair in told for pk in pair if pk is not None}
    tickets.update(ticket.pk for ticket in split_family(event.ticket))
    forget_texts(tickets, passages=event.passages)
    forget_escalations(tickets, passages=event.passages)


_TRIGGERS: Final[Mapping[type[events.TicketEvent], str]] = {
    events.TicketAdmitted: "created",
    events.MessageReceived: "customer_replied",
    events.ReplyPosted: "staff_replied",
    events.NoteAdded: "note_added",
    events.StatusChanged: "status_changed",
    events.PriorityChanged: "priority_changed",
    events.TicketTransferred: "department_changed",
    events.AssigneeChanged: "assignee_changed",
    events.ServiceChanged: "service_changed",
    events.TagsChanged: "tags_changed",
    events.CustomValuesChanged: "custom_field_changed",
    events.TicketReopened: "reopened",
    events.TicketEscalated: "escalated",
}

for _happening in _TRIGGERS:
    on(_happening)(follow)
for _firing in (ClockWarned, ClockBreached):
    on(_firing)(escalate)

# After the rules: by hand, an agent's seats are the last thing a transaction takes (rules.md 5.2).
from automation.assigning import reactions as _assigning  # noqa: E402, F401 -- registers its own
