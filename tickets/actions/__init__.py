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
from tickets.actions.followers import add_followers, remove_follower
from tickets.actions.labels import set_tags
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

__all__ = [
    "UNCHANGED",
    "Changes",
    "Deadline",
    "Opening",
    "StaleReply",
    "add_followers",
    "add_note",
    "assign_ticket",
    "change_status",
    "change_ticket",
    "close_ticket",
    "delete_ticket",
    "discard_draft",
    "link_tickets",
    "mark_delivery",
    "mark_spam",
    "open_ticket",
    "receive_message",
    "release_message",
    "remove_follower",
    "reopen_ticket",
    "reply",
    "save_draft",
    "set_deadline",
    "set_tags",
    "transfer_ticket",
    "unmark_spam",
    "withdraw_reply",
]
