"""What happens to tickets; events carry the rows of the running transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Team, User
from core.events import DomainEvent
from customers.models import Asset
from tickets.actors import Actor
from tickets.models import (
    Appointment,
    CustomField,
    Message,
    Priority,
    Promise,
    Service,
    Status,
    Task,
    Ticket,
    TimeEntry,
    WarrantyClaim,
)


@dataclass(frozen=True, kw_only=True)
class TicketEvent(DomainEvent):
    """Something happened to `ticket` at `now` by `actor`."""

    ticket: Ticket
    actor: Actor
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TicketOpened(TicketEvent):
    """A ticket was written; classify and routing rules may still change it."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class TicketAdmitted(TicketEvent):
    """The ticket is settled: clocks start, a receipt goes out."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class MessageReceived(TicketEvent):
    """A customer wrote in an existing ticket."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class ReplyPosted(TicketEvent):
    """Staff answered; the reply is to leave at `leaves_at`.

    A notice, such as of an appointment, is written by the house: nobody waited for it.
    """

    message: Message
    leaves_at: datetime
    is_notice: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageForwarded(TicketEvent):
    """Staff passed something on to a third party; it is to leave at `leaves_at`."""

    message: Message
    leaves_at: datetime


@dataclass(frozen=True, kw_only=True)
class ForwardAnswered(TicketEvent):
    """A third party answered a forward; the answer is a note."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class MessageRedacted(TicketEvent):
    """What a message said, or one of its files, was taken out for good.

    `passages` are its lines, for floors that keep copies, and must never be stored; `touched` are
    the messages that said or carried it.
    """

    message: Message
    passages: frozenset[str]
    touched: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class ReplyWithdrawn(TicketEvent):
    """A reply or a forward was taken back before it left."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class NoteAdded(TicketEvent):
    """Staff wrote an internal note."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class MessageReleased(TicketEvent):
    """An agent approved a message that waited for it."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class FieldChanged(TicketEvent):
    """One field of the ticket changed; subclasses name the field."""

    before: Any
    after: Any


class StatusChanged(FieldChanged):
    """before and after are Status rows."""


class PriorityChanged(FieldChanged):
    """before and after are Priority rows."""


class ServiceChanged(FieldChanged):
    """before and after are Service rows or None."""


class TicketTransferred(FieldChanged):
    """before and after are Department rows."""


class AssigneeChanged(FieldChanged):
    """before and after are User rows or None."""


class RequesterChanged(FieldChanged):
    """before and after are Customer rows."""


class SubjectChanged(FieldChanged):
    """before and after are texts."""


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketEvent):
    """A resolved or closed ticket became open again."""


@dataclass(frozen=True, kw_only=True)
class TicketMarkedSpam(TicketEvent):
    """The ticket left the queue as spam."""


@dataclass(frozen=True, kw_only=True)
class TicketUnmarkedSpam(TicketEvent):
    """The ticket came back from the spam list."""


@dataclass(frozen=True, kw_only=True)
class TicketDeleted(TicketEvent):
    """The ticket was hidden from everybody."""


@dataclass(frozen=True, kw_only=True)
class TicketMerged(TicketEvent):
    """The ticket is part of `into` now; its messages are there (R123)."""

    into: Ticket


@dataclass(frozen=True, kw_only=True)
class TicketUnmerged(TicketEvent):
    """The ticket stands for itself again; it was part of `holder`."""

    holder: Ticket


@dataclass(frozen=True, kw_only=True)
class TicketSplit(TicketEvent):
    """Messages of `source` became this ticket; `messages` are their ids."""

    source: Ticket
    messages: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TagsChanged(TicketEvent):
    """Tags were added or removed."""

    added: frozenset[str]
    removed: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class CustomValuesChanged(TicketEvent):
    """Answers in fields of the company's own; `changed` are the fields as conditions name them."""

    changed: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class FollowersChanged(TicketEvent):
    """Addresses that began or ceased to follow."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TicketEscalated(TicketEvent):
    """The ticket was flagged as escalated, or its level rose; by hand with a team and a note."""

    level: int
    reason: str
    team: Team | None = None
    note: Message | None = None


@dataclass(frozen=True, kw_only=True)
class TicketDeescalated(TicketEvent):
    """Somebody took the flag off and said why."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class TicketSnoozed(TicketEvent):
    """The ticket was set aside until a time."""

    until: datetime


@dataclass(frozen=True, kw_only=True)
class TicketWoken(TicketEvent):
    """A ticket that was set aside is back in the queue."""


@dataclass(frozen=True, kw_only=True)
class TaskChanged(TicketEvent):
    """A task was created, done or reopened: `step` is one of these words."""

    task: Task
    step: str


@dataclass(frozen=True, kw_only=True)
class PromiseChanged(TicketEvent):
    """A promise was made, moved, kept, broken, withdrawn or reopened: `step` says which."""

    promise: Promise
    step: str


@dataclass(frozen=True, kw_only=True)
class AppointmentChanged(TicketEvent):
    """An appointment was booked, moved, finished or cancelled: `step` is one of these words."""

    appointment: Appointment
    step: str


@dataclass(frozen=True, kw_only=True)
class AssetChanged(TicketEvent):
    """An asset was added to a ticket or removed from it: `step` says which."""

    asset: Asset
    step: str


@dataclass(frozen=True, kw_only=True)
class ClaimChanged(TicketEvent):
    """A warranty claim was made or changed; `step` is made, changed, or its new state."""

    claim: WarrantyClaim
    step: str


@dataclass(frozen=True, kw_only=True)
class TimeChanged(TicketEvent):
    """Time was written down, changed or struck out: `step` is logged, changed or deleted."""

    entry: TimeEntry
    step: str


@dataclass(frozen=True, kw_only=True)
class WatchersChanged(TicketEvent):
    """Colleagues who began or ceased to watch."""

    added: tuple[User, ...]
    removed: tuple[User, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(TicketEvent):
    """A reply could not be delivered for good."""

    message: Message
    detail: str


@dataclass(frozen=True, kw_only=True)
class VocabularyChanged(DomainEvent):
    """Managers saved a status, priority or service."""

    row: Status | Priority | Service | CustomField
    actor: Any
    now: datetime
