"""What came in, what goes out, and whom we do not want to hear."""

from mailpipe.models.inbound import InboundMail, MessageIdentifier
from mailpipe.models.outgoing import OutgoingMail
from mailpipe.models.senders import SenderRule

__all__ = ["InboundMail", "MessageIdentifier", "OutgoingMail", "SenderRule"]
