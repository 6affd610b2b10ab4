"""Tickets, messages, history and their vocabulary."""

from tickets.models.draft import Draft
from tickets.models.guest import GuestLink
from tickets.models.history import Event
from tickets.models.message import Attachment, Message
from tickets.models.search import SearchDocument
from tickets.models.ticket import NO_DEADLINE, Follower, Ticket, TicketLink
from tickets.models.vocabulary import Priority, Service, Status, Tag
from tickets.models.work import Reminder, Task, Watcher

__all__ = [
    "NO_DEADLINE",
    "Attachment",
    "Draft",
    "Event",
    "Follower",
    "GuestLink",
    "Message",
    "Priority",
    "Reminder",
    "SearchDocument",
    "Service",
    "Status",
    "Tag",
    "Task",
    "Ticket",
    "TicketLink",
    "Watcher",
]
