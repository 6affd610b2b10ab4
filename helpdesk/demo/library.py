"""The company's own predefined replies, and how agents use and edit them (R119-R121)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from accounts.models import Department, User
from tickets.actions.predefined import ReplyFacts, record_reply_uses, save_predefined
from tickets.models import Message, PredefinedReply, Ticket
from tickets.predefined import changed_share, filled

GREETING = "Hello {customer.first_name|there},\n\n"
# Most of the time it is the right text, and nearly half of those go out untouched.
TAKEN, UNTOUCHED = 0.75, 0.45
# What people add to a text that is not theirs.
ADDED = (
    "If anything is unclear, write back to me.",
    "I keep the ticket open until I hear from you.",
    "Have a good week!",
)


@dataclass(frozen=True, kw_only=True)
class ShelfPlan:
    """A text of the library; without a department it is for everybody."""

    shortcut: str
    name: str
    folder: str
    body: str
    department: str = ""
    type: str = PredefinedReply.Type.RESOLUTION


SHELF = (
    ShelfPlan(
        shortcut="descaling",
        name="Descaling light stays on",
        folder="Machines",
        department="technical",
        body="the light goes out when the counter is reset: after the programme keep the cup key "
        "pressed for five seconds until it blinks twice. Does that help?",
    ),
    ShelfPlan(
        shortcut="clock",
        name="Code has expired",
        folder="App and account",
        department="technical",
        body="this happens when the clock of the device is off. Could you switch its time to "
        "automatic and try once more?",
    ),
    ShelfPlan(
        shortcut="apikeys",
        name="Old API keys have ended",
        folder="App and account",
        department="technical",
        body="the old keys ended on Monday. Please make a new one under Machines, Connections; "
        "the webhook starts by itself then.",
    ),
    ShelfPlan(
        shortcut="debit",
        name="Direct debit",
        folder="Payments",
        department="billing",
        body="yes. In your account choose Billing, then Payment method, and Direct debit. The next "
        "invoice uses it already.",
    ),
    ShelfPlan(
        shortcut="transfer",
        name="Looking for a transfer",
        folder="Payments",
        department="billing",
        type=PredefinedReply.Type.FOLLOW_UP,
        body="could you send me the transfer date, the amount and the reference you used? I will "
        "look for it at once.",
    ),
    ShelfPlan(
        shortcut="courier",
        name="Courier looks for the parcel",
        folder="Delivery",
        department="orders",
        type=PredefinedReply.Type.FOLLOW_UP,
        body="I have asked the courier to search for it. You will hear from me by "
        "{promise|tomorrow noon}, found or not.",
    ),
    ShelfPlan(
        shortcut="training",
        name="Training at the customer's",
        folder="New customers",
        body="for up to six people we come to you for two hours, it is part of your contract. "
        "Would Tuesday or Thursday morning suit you?",
    ),
    ShelfPlan(
        shortcut="members",
        name="Add a colleague",
        folder="App and account",
        body="you can do that yourself under Company, Members. I have also sent the invitation to "
        "the address we have on file.",
    ),
)


def found_library(owner: User, *, now: datetime) -> None:
    """Put the company's texts beside the shipped ones; those that are there stay as they are."""
    known = set(PredefinedReply.objects.filter(owner=None).values_list("shortcut", flat=True))
    departments = {row.slug: row for row in Department.objects.all()}
    for plan in SHELF:
        if plan.shortcut not in known:
            save_predefined(None, facts=_facts(plan, departments), actor=owner, now=now)


def _facts(plan: ShelfPlan, departments: dict[str, Department]) -> ReplyFacts:
    fields = {
        "name": plan.name,
        "folder": plan.folder,
        "shortcut": plan.shortcut,
        "type": plan.type,
        "department": departments.get(plan.department),
    }
    return ReplyFacts(fields=fields, texts=[("en", GREETING + plan.body)])


class Draw:
    """A text out of the library on its way into one reply: what was inserted, what became of it."""

    def __init__(self, shortcut: str, ticket: Ticket, agent: User, *, now: datetime) -> None:
        reply = PredefinedReply.objects.prefetch_related("texts", "files").get(
            owner=None, shortcut=shortcut
        )
        self.inserted = filled(reply, ticket, agent, now=now)

    def edited(self, own_words: str, chance: Random) -> str:
        """What the agent makes of it: nothing, or their own words with a line to the customer."""
        if chance.random() < UNTOUCHED:
            return self.inserted.text
        return f"{own_words}\n\n{chance.choice(ADDED)}"

    def record(self, message: Message, sent: str, *, now: datetime) -> None:
        """Count the use and how far it was edited."""
        share = changed_share(self.inserted.text, sent)
        record_reply_uses(message, replies=[self.inserted.reply], share=share, now=now)
