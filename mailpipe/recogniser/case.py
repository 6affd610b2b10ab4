"""One mail on its way to its outcome: what is known about it, and each step that was taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from accounts.models import Department, User
from core.memo import remembered
from customers.models import Customer
from mailpipe.addresses import canonical, is_no_reply, strip_plus, valid
from mailpipe.authentication import AuthVerdict
from mailpipe.models import InboundMail, MessageIdentifier
from mailpipe.parsing.mail import ParsedMail
from mailpipe.storage import Store
from tickets.models import Message, Ticket
from tickets.vocabulary import departments

if TYPE_CHECKING:
    from mailpipe.automatic import Automatic
    from mailpipe.bounces import Bounce


MECHANICAL = ("auto_reply", "bounce", "report", "loop")


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The one outcome of a mail, and why."""

    outcome: str
    reason: str
    ticket: Ticket | None = None
    message: Message | None = None


@dataclass(frozen=True)
class Sender:
    """Who the mail says it is from; `is_stand_in` when From itself can't be answered."""

    email: str
    name: str
    is_stand_in: bool = False


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What the bytes say, before anything is asked of the database."""

    parsed: ParsedMail
    automatic: Automatic
    bounce: Bounce | None
    verdict: AuthVerdict

    @cached_property
    def body_sha256(self) -> str:
        """The same words and files give the same digest, however they were transported."""
        parts = [" ".join(self.parsed.text.split()), *(f.sha256 for f in self.parsed.attachments)]
        return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()

    @cached_property
    def key(self) -> str:
        """What the mail's own Message-ID is stored under, empty without one."""
        return MessageIdentifier.key_of(self.parsed.message_id) if self.parsed.message_id else ""

    @property
    def is_automatic(self) -> bool:
        """No person awaits a receipt: also lists and alerts."""
        return bool(self.automatic)

    @property
    def is_mechanical(self) -> bool:
        """An answer of a program: it reopens nothing and nobody waits (mail.md 40).

        An alert or a mail over a list is automatic too, but somebody has to look at it.
        """
        return self.automatic.kind in MECHANICAL


@dataclass(kw_only=True)
class Case:
    """A mail, its ledger row, and what the stages found out."""

    mail: Mail
    row: InboundMail
    store: Store
    now: datetime
    department: Department
    addressed: list[Department]
    trace: list[dict[str, str]] = field(default_factory=list)
    mentioned: Ticket | None = None
    awaiting: Ticket | None = None

    def note(self, step: str, text: str) -> None:
        """Add one step to the trace."""
        self.trace.append({"step": step, "text": text})

    @property
    def received_at(self) -> datetime:
        """When it reached us: the time of what it causes, however late the drain (mail.md 26)."""
        return self.row.received_at

    @cached_property
    def sender(self) -> Sender:
        """From; its Reply-To where From is nobody's mailbox or our own, as web forms send it."""
        parsed = self.mail.parsed
        email = canonical(parsed.from_address)
        if email and (is_no_reply(email) or is_ours(email)):
            for candidate in parsed.reply_to:
                stand_in = canonical(candidate.email)
                if valid(stand_in) and not is_ours(stand_in) and not is_no_reply(stand_in):
                    return Sender(stand_in, candidate.name, is_stand_in=True)
        return Sender(email, parsed.from_name)

    @cached_property
    def customer(self) -> Customer | None:
        """The customer we know by the sender's address."""
        found = Customer.objects.with_email(self.sender.email).select_related(
            "organisation", "merged_into__organisation"
        )
        customer = found.first()
        return customer and (customer.merged_into or customer)

    @cached_property
    def staff(self) -> User | None:
        """The colleague who owns the sender's address; the address alone proves nothing."""
        if self.sender.email not in staff_addresses():
            return None
        return User.objects.staff().filter(email__iexact=self.sender.email).first()

    @cached_property
    def identifiers(self) -> list[MessageIdentifier]:
        """What we know of the Message-IDs this mail carries and names, in one question (34c)."""
        parsed = self.mail.parsed
        named = [parsed.in_reply_to, *reversed(parsed.references)]
        keys = [MessageIdentifier.key_of(name) for name in named if name] + [self.mail.key]
        return list(
            MessageIdentifier.objects.filter(key__in=[key for key in keys if key]).select_related(
                "ticket__department", "ticket__customer"
            )
        )


@remembered()
def staff_addresses() -> frozenset[str]:
    """Who works here, as of some seconds ago."""
    return frozenset(
        email.lower() for email in User.objects.staff().values_list("email", flat=True)
    )


def is_ours(email: str) -> bool:
    """Whether a department owns the address, plus parts aside."""
    return strip_plus(email) in own_addresses()


def own_addresses() -> dict[str, Department]:
    """Every address of ours and its department."""
    return {
        canonical(address.email): department
        for department in departments()
        for address in department.addresses.all()
    }
