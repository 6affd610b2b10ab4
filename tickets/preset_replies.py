"""The predefined replies of a new installation: the texts of the seeds (R104, R120, R122)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ShippedReply:
    """One of them; `kind_after` is the kind of the status that sending it suggests."""

    name: str
    folder: str
    shortcut: str
    type: str
    body: str
    kind_after: str = ""


REPLIES = (
    ShippedReply(
        name="Receipt confirmation",
        folder="First contact",
        shortcut="receipt",
        type="acknowledgement",
        kind_after="open",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "we received your request #{ticket.number} and {agent.name} is looking into it. "
            "You will hear from us by {due|the end of the next working day}."
        ),
    ),
    ShippedReply(
        name="More details needed",
        folder="First contact",
        shortcut="details",
        type="follow_up",
        kind_after="waiting_customer",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "to help you with “{ticket.subject}” we need a little more:\n\n"
            "- what you did just before it happened\n"
            "- the exact words of the message you saw\n"
            "- a screenshot, if you can take one"
        ),
    ),
    ShippedReply(
        name="Answer promised",
        folder="Follow-up",
        shortcut="promise",
        type="follow_up",
        kind_after="open",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "I do not know the answer yet, and I am finding out. "
            "I will get back to you by {promise|tomorrow noon}."
        ),
    ),
    ShippedReply(
        name="Forwarded to the specialists",
        folder="Follow-up",
        shortcut="specialist",
        type="follow_up",
        kind_after="waiting_third_party",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "we've forwarded the issue to the specialist team. Your request keeps its number, "
            "#{ticket.number}, and you need not explain anything again."
        ),
    ),
    ShippedReply(
        name="Solution",
        folder="Solving",
        shortcut="solution",
        type="resolution",
        kind_after="waiting_customer",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "we found the cause of “{ticket.subject}”. Please try it again now. "
            "If it still does not work, answer this message and tell us what you see."
        ),
    ),
    ShippedReply(
        name="Ticket resolved",
        folder="Solving",
        shortcut="resolved",
        type="closing",
        kind_after="closed",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "your ticket #[ID] has been resolved. Thank you for your patience!"
        ),
    ),
    ShippedReply(
        name="Answer is late",
        folder="Follow-up",
        shortcut="late",
        type="sla_alert",
        kind_after="open",
        body=(
            "Hello {customer.first_name|there},\n\n"
            "we have not answered #{ticket.number} as fast as we promised, and we are sorry. "
            "It has been moved up, and {agent.name} is working on it now."
        ),
    ),
)
