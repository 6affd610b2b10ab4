"""What can be done to tickets; each action is atomic, locks, records one event, and emits."""

from tickets.actions.changes import (
    UNCHANGED,
    Changes,
    assign_ticket,
    change_status,
    change_ticket,
    transfer_ticket,
)
from tickets.actions.deadlines import Deadline, set_deadline
from tickets.actions.delivery import mark_delivery, withdraw_reply
from tickets.actions.drafts import discard_draft, save_draft
from tickets.actions.emergencies import mark_emergency
from tickets.actions.escalation import (
    Escalation,
    deescalate,
    escalate_ticket,
    flag_escalated,
)
from tickets.actions.followers import add_followers, remove_follower
from tickets.actions.handover import hand_over, unpin_handover
from tickets.actions.labels import change_tags, set_tags
from tickets.actions.lifecycle import (
    close_ticket,
    delete_ticket,
    mark_spam,
    reopen_ticket,
    unmark_spam,
)
from tickets.actions.links import link_tickets
from tickets.actions.messages import StaleReply, add_note, receive_message, release_message, reply
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.reminders import forget_reminder, remind
from tickets.actions.snoozing import snooze_ticket, wake_ticket
from tickets.actions.tasks import complete_task, create_task, reopen_task
from tickets.actions.watchers import unwatch, watch

__all__ = [
    "UNCHANGED",
    "Changes",
    "Deadline",
    "Escalation",
    "Opening",
    "StaleReply",
    "add_followers",
    "add_note",
    "assign_ticket",
    "change_status",
    "change_tags",
    "change_ticket",
    "close_ticket",
    "complete_task",
    "create_task",
    "deescalate",
    "delete_ticket",
    "discard_draft",
    "escalate_ticket",
    "flag_escalated",
    "forget_reminder",
    "hand_over",
    "link_tickets",
    "mark_delivery",
    "mark_emergency",
    "mark_spam",
    "open_ticket",
    "receive_message",
    "release_message",
    "remind",
    "remove_follower",
    "reopen_task",
    "reopen_ticket",
    "reply",
    "save_draft",
    "set_deadline",
    "set_tags",
    "snooze_ticket",
    "transfer_ticket",
    "unmark_spam",
    "unpin_handover",
    "unwatch",
    "wake_ticket",
    "watch",
    "withdraw_reply",
]
