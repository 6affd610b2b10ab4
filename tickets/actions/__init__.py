"""What can be done to tickets; each action is atomic, locks, records one event, and emits."""

from tickets.actions.appointments import (
    Booking,
    book_appointment,
    cancel_appointment,
    finish_appointment,
    move_appointment,
)
from tickets.actions.bulk import (
    BulkWish,
    can_undo,
    finish_bulk,
    forget_bulk_runs,
    give_to_worker,
    put_back,
    start_bulk,
    take_ticket,
    undo_bulk,
)
from tickets.actions.changes import (
    UNCHANGED,
    Changes,
    assign_ticket,
    change_status,
    change_ticket,
    transfer_ticket,
)
from tickets.actions.claims import (
    ClaimFacts,
    NewClaim,
    book_visit,
    change_claim,
    link_asset,
    make_claim,
    unlink_asset,
)
from tickets.actions.custom_fields import set_custom_values, set_customer_values
from tickets.actions.deadlines import Deadline, set_deadline
from tickets.actions.delivery import mark_delivery, withdraw_reply
from tickets.actions.drafts import (
    Typed,
    discard_draft,
    restore_draft,
    save_draft,
    share_draft,
    take_over_draft,
)
from tickets.actions.emergencies import mark_emergency
from tickets.actions.escalation import (
    Escalation,
    deescalate,
    escalate_ticket,
    flag_escalated,
)
from tickets.actions.followers import add_followers, remove_follower
from tickets.actions.forwarding import (
    Forward,
    NotForwardable,
    forward_message,
    receive_forward_answer,
)
from tickets.actions.handover import hand_over, unpin_handover
from tickets.actions.incidents import (
    add_parts,
    close_with_parts,
    mark_incident,
    post_update,
    remove_part,
    tell_parts,
)
from tickets.actions.labels import change_tags, set_tags
from tickets.actions.lifecycle import (
    close_ticket,
    delete_ticket,
    mark_spam,
    reopen_ticket,
    unmark_spam,
)
from tickets.actions.links import link_tickets
from tickets.actions.mentions import mention_people
from tickets.actions.merging import merge_tickets, tell_apart, unmerge_ticket
from tickets.actions.messages import StaleReply, add_note, receive_message, release_message, reply
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.predefined import record_reply_uses
from tickets.actions.promises import (
    keep_promise,
    make_promise,
    move_promise,
    withdraw_promise,
)
from tickets.actions.redaction import redact_attachment, redact_message
from tickets.actions.reminders import forget_reminder, remind
from tickets.actions.scheduling import (
    Planned,
    cancel_scheduled,
    schedule_reply,
    send_scheduled,
)
from tickets.actions.snoozing import snooze_ticket, wake_ticket
from tickets.actions.splitting import Split, split_ticket
from tickets.actions.tasks import (
    TaskFacts,
    add_task,
    apply_template,
    change_task,
    complete_task,
    create_task,
    reopen_task,
    tick_item,
    untick_item,
)
from tickets.actions.time_entries import (
    Spent,
    change_time_entry,
    delete_time_entry,
    log_time,
    start_timer,
    stop_timer,
)
from tickets.actions.watchers import unwatch, watch

__all__ = [
    "UNCHANGED",
    "Booking",
    "BulkWish",
    "Changes",
    "ClaimFacts",
    "Deadline",
    "Escalation",
    "Forward",
    "NewClaim",
    "NotForwardable",
    "Opening",
    "Planned",
    "Spent",
    "Split",
    "StaleReply",
    "TaskFacts",
    "Typed",
    "add_followers",
    "add_note",
    "add_parts",
    "add_task",
    "apply_template",
    "assign_ticket",
    "book_appointment",
    "book_visit",
    "can_undo",
    "cancel_appointment",
    "cancel_scheduled",
    "change_claim",
    "change_status",
    "change_tags",
    "change_task",
    "change_ticket",
    "change_time_entry",
    "close_ticket",
    "close_with_parts",
    "complete_task",
    "create_task",
    "deescalate",
    "delete_ticket",
    "delete_time_entry",
    "discard_draft",
    "escalate_ticket",
    "finish_appointment",
    "finish_bulk",
    "flag_escalated",
    "forget_bulk_runs",
    "forget_reminder",
    "forward_message",
    "give_to_worker",
    "hand_over",
    "keep_promise",
    "link_asset",
    "link_tickets",
    "log_time",
    "make_claim",
    "make_promise",
    "mark_delivery",
    "mark_emergency",
    "mark_incident",
    "mark_spam",
    "mention_people",
    "merge_tickets",
    "move_appointment",
    "move_promise",
    "open_ticket",
    "post_update",
    "put_back",
    "receive_forward_answer",
    "receive_message",
    "record_reply_uses",
    "redact_attachment",
    "redact_message",
    "release_message",
    "remind",
    "remove_follower",
    "remove_part",
    "reopen_task",
    "reopen_ticket",
    "reply",
    "restore_draft",
    "save_draft",
    "schedule_reply",
    "send_scheduled",
    "set_custom_values",
    "set_customer_values",
    "set_deadline",
    "set_tags",
    "share_draft",
    "snooze_ticket",
    "split_ticket",
    "start_bulk",
    "start_timer",
    "stop_timer",
    "take_over_draft",
    "take_ticket",
    "tell_apart",
    "tell_parts",
    "tick_item",
    "transfer_ticket",
    "undo_bulk",
    "unlink_asset",
    "unmark_spam",
    "unmerge_ticket",
    "unpin_handover",
    "untick_item",
    "unwatch",
    "wake_ticket",
    "watch",
    "withdraw_promise",
    "withdraw_reply",
]
