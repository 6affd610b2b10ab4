"""Tickets, messages, history and their vocabulary."""

from tickets.models.appointment import Appointment
from tickets.models.bulk import BulkRun, BulkRunTicket
from tickets.models.custom_field import (
    CustomerFieldValue,
    CustomField,
    FieldOption,
    FieldValue,
)
from tickets.models.draft import Draft
from tickets.models.guest import GuestLink
from tickets.models.history import Event
from tickets.models.incident import IncidentPost, IncidentUpdate
from tickets.models.mention import Mention
from tickets.models.merging import DistinctPair, Merge
from tickets.models.message import Attachment, Message
from tickets.models.predefined import (
    PredefinedFile,
    PredefinedReply,
    PredefinedText,
    ReplyUse,
)
from tickets.models.promise import Promise
from tickets.models.saved_view import SavedView
from tickets.models.scheduled import ScheduledReply
from tickets.models.search import AttachmentText, SearchDocument
from tickets.models.ticket import NO_DEADLINE, Follower, Ticket, TicketLink
from tickets.models.time_entry import TimeEntry
from tickets.models.vocabulary import Priority, Service, Status, Tag
from tickets.models.warranty import ExpiryNotice, TicketAsset, WarrantyClaim
from tickets.models.work import Reminder, Task, TaskItem, TaskTemplate, Watcher

__all__ = [
    "NO_DEADLINE",
    "Appointment",
    "Attachment",
    "AttachmentText",
    "BulkRun",
    "BulkRunTicket",
    "CustomField",
    "CustomerFieldValue",
    "DistinctPair",
    "Draft",
    "Event",
    "ExpiryNotice",
    "FieldOption",
    "FieldValue",
    "Follower",
    "GuestLink",
    "IncidentPost",
    "IncidentUpdate",
    "Mention",
    "Merge",
    "Message",
    "PredefinedFile",
    "PredefinedReply",
    "PredefinedText",
    "Priority",
    "Promise",
    "Reminder",
    "ReplyUse",
    "SavedView",
    "ScheduledReply",
    "SearchDocument",
    "Service",
    "Status",
    "Tag",
    "Task",
    "TaskItem",
    "TaskTemplate",
    "Ticket",
    "TicketAsset",
    "TicketLink",
    "TimeEntry",
    "WarrantyClaim",
    "Watcher",
]
