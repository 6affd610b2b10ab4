"""Tickets, messages, history and their vocabulary."""

from tickets.models.appointment import Appointment
from tickets.models.draft import Draft
from tickets.models.guest import GuestLink
from tickets.models.history import Event
from tickets.models.message import Attachment, Message
from tickets.models.saved_view import SavedView
from tickets.models.search import SearchDocument
from tickets.models.ticket import NO_DEADLINE, Follower, Ticket, TicketLink
from tickets.models.time_entry import TimeEntry
from tickets.models.vocabulary import Priority, Service, Status, Tag
from tickets.models.work import Reminder, Task, TaskItem, TaskTemplate, Watcher

__all__ = [
    "NO_DEADLINE",
    "Appointment",
    "Attachment",
    "Draft",
    "Event",
    "Follower",
    "GuestLink",
    "Message",
    "Priority",
    "Reminder",
    "SavedView",
    "SearchDocument",
    "Service",
    "Status",
    "Tag",
    "Task",
    "TaskItem",
    "TaskTemplate",
    "Ticket",
    "TicketLink",
    "TimeEntry",
    "Watcher",
]
