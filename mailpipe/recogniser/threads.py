"""Which ticket a mail is about, and how well that is proved (mail.md 34)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from mailpipe import identity, tokens
from mailpipe.models import MessageIdentifier
from mailpipe.recogniser.addressing import candidates
from mailpipe.recogniser.case import Case
from mailpipe.tokens import ReplyToken, Scope
from tickets.models import Ticket

ADDRESS, MESSAGE_ID = "reply address", "our Message-ID"
STORED, MARKER, SUBJECT = "known Message-ID", "marker", "subject"
# Only whoever got our mail can know these.
PROVED = frozenset([ADDRESS, MESSAGE_ID])
NUMBERS_TRIED = 3


@dataclass(frozen=True)
class Thread:
    """A ticket the mail names, and by what; `claim` is the reply address it was sent to."""

    ticket: Ticket
    by: str
    claim: ReplyToken | None = None
    scope: Scope = Scope.TICKET

    @property
    def is_proved(self) -> bool:
        return self.by in PROVED


def find_thread(case: Case) -> Thread | None:
    """The first evidence that names a ticket, from the strongest on."""
    for find in (_by_address, _by_message_id, _by_stored, _by_marker, _by_subject):
        thread = next(find(case), None)
        if thread is not None:
            case.note("thread", f"#{thread.ticket.number} by {thread.by}")
            return thread
    case.note("thread", "none named")
    return None


def named_identifiers(case: Case) -> list[str]:
    """What the mail answers: In-Reply-To, then References from right to left."""
    parsed = case.mail.parsed
    named = [parsed.in_reply_to, *reversed(parsed.references)]
    return list(dict.fromkeys(name for name in named if name))


def _by_address(case: Case) -> Iterator[Thread]:
    """Signed for somebody the ticket knows, or for the sender; else the signature is forged."""
    claims = [
        claim
        for candidate in candidates(case.mail.parsed, case.row.recipient)
        if (claim := tokens.read_reply_address(candidate.email)) is not None
    ]
    for claim in dict.fromkeys(claims):
        ticket = _tickets().filter(thread_token=claim.token).first()
        if ticket is None or claim.scope is Scope.BOUNCE:
            continue
        if any(is_claim_of(claim, email) for email in _known_addresses(ticket, case)):
            yield Thread(ticket, ADDRESS, claim, claim.scope)
        else:
            case.note("thread", f"the reply address of #{ticket.number} isn't signed by us")


def is_claim_of(claim: ReplyToken, email: str) -> bool:
    """Whether we gave this reply address to `email`."""
    return tokens.verify_reply(identity.ring(), claim, email)


def _known_addresses(ticket: Ticket, case: Case) -> Iterator[str]:
    """Whom a reply address of this ticket may have been made for, the likeliest first."""
    yield case.sender.email
    yield ticket.customer.email
    yield from ticket.followers.values_list("email", flat=True)
    yield from ticket.outgoing_mails.values_list("to__0", flat=True).distinct()[:50]


def _by_message_id(case: Case) -> Iterator[Thread]:
    own = tokens.own_thread(identity.ring(), named_identifiers(case))
    ticket = own and _tickets().filter(thread_token=own.token).first()
    if own and ticket:
        yield Thread(ticket, MESSAGE_ID, scope=own.scope)


def _by_stored(case: Case) -> Iterator[Thread]:
    """Identifiers of mails we got, in the order this one names them; or one that was awaited."""
    order = [MessageIdentifier.key_of(name) for name in named_identifiers(case)]
    rows = [row for row in case.identifiers if row.key in order]
    for row in sorted(rows, key=lambda row: (order.index(row.key), row.is_awaited, row.pk)):
        yield Thread(row.ticket, STORED)
    for row in case.identifiers:
        if row.is_awaited and row.key == case.mail.key:
            yield Thread(row.ticket, STORED)


def _by_marker(case: Case) -> Iterator[Thread]:
    parsed = case.mail.parsed
    token = tokens.read_body_reference(identity.ring(), parsed.text)
    ticket = token and _tickets().filter(thread_token=token).first()
    if ticket:
        yield Thread(ticket, MARKER)


def _by_subject(case: Case) -> Iterator[Thread]:
    for number in tokens.subject_numbers(case.mail.parsed.subject)[:NUMBERS_TRIED]:
        ticket = _tickets().filter(number=number).first()
        if ticket is not None:
            yield Thread(ticket, SUBJECT)


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("department", "customer")
