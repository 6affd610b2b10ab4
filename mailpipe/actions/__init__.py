"""What can be done to mails; each action is atomic and locks the row it decides on."""

from mailpipe.actions.ledger import (
    NotReplayable,
    allow_sender,
    block_sender,
    discard_mail,
    release_mail,
    replay_mail,
)
from mailpipe.actions.outgoing import AlreadyLeft, discard, send_again, send_once_more, undo_reply

__all__ = [
    "AlreadyLeft",
    "NotReplayable",
    "allow_sender",
    "block_sender",
    "discard",
    "discard_mail",
    "release_mail",
    "replay_mail",
    "send_again",
    "send_once_more",
    "undo_reply",
]
