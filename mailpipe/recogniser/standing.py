"""What the sender may do in the thread the mail names (mail.md 35, 50; X-01 to X-03)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mailpipe.addresses import canonical
from mailpipe.recogniser.case import Case, is_ours
from mailpipe.recogniser.threads import PROVED, STORED, Thread, is_claim_of
from tickets.models import Ticket
from tickets.permissions import is_participant, may_work

# A number in the subject can be guessed; an identifier of a mail one has never seen can't.
HARD_TO_GUESS = PROVED | {STORED}


class Standing(Enum):
    """From the weakest to the strongest."""

    OUTSIDER = "outsider"
    HOLDER = "holds our mail, but is no participant"
    COLLEAGUE = "staff address without proof"
    PARTICIPANT = "participant"
    AGENT = "agent with proof"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The sender's standing, and whether the address is believed."""

    standing: Standing
    is_unverified: bool


def judge(case: Case, thread: Thread) -> Judgement:
    """Weigh the sender against the ticket; automatic mail joins by proof only (mail.md 40)."""
    if case.mail.is_mechanical and not thread.is_proved:
        return _judged(case, Standing.OUTSIDER, thread)
    if case.staff is not None:
        agent = _is_proved_agent(case, thread)
        return _judged(case, Standing.AGENT if agent else Standing.COLLEAGUE, thread)
    if _participates(case, thread.ticket):
        return _judged(case, Standing.PARTICIPANT, thread)
    return _judged(case, Standing.HOLDER if thread.is_proved else Standing.OUTSIDER, thread)


def is_authenticated(case: Case) -> bool:
    """Whether our own receiver vouches for the sender's domain."""
    verdict = case.mail.verdict
    return verdict.dmarc == "pass" or (
        verdict.dmarc != "fail" and "pass" in (verdict.dkim, verdict.spf)
    )


def is_forged(case: Case) -> bool:
    """Whether our own receiver says that somebody else wrote this."""
    verdict = case.mail.verdict
    return verdict.dmarc == "fail" or (verdict.spf == "fail" and verdict.dkim != "pass")


def may_be_answered(case: Case) -> bool:
    """Whether an automatic mail may go to the sender: never to programs, ourselves, the forged."""
    is_own = is_ours(canonical(case.mail.parsed.from_address))
    return not (case.mail.automatic.suppress_reply or is_own or is_forged(case))


def _judged(case: Case, standing: Standing, thread: Thread) -> Judgement:
    believed = is_authenticated(case) or (thread.by in HARD_TO_GUESS and not is_forged(case))
    judgement = Judgement(standing=standing, is_unverified=case.sender.is_stand_in or not believed)
    note = f"{standing.value}{', unverified' if judgement.is_unverified else ''}"
    case.note("standing", f"{case.sender.email}: {note}")
    return judgement


def _is_proved_agent(case: Case, thread: Thread) -> bool:
    """That agent's own reply token, and DMARC; From alone proves nothing."""
    staff = case.staff
    return (
        staff is not None
        and thread.claim is not None
        and is_claim_of(thread.claim, staff.email)
        and case.mail.verdict.proves(staff.email)
        and may_work(staff, thread.ticket)
    )


def _participates(case: Case, ticket: Ticket) -> bool:
    if case.customer is not None and is_participant(ticket, case.customer):
        return True
    return ticket.followers.filter(email=case.sender.email).exists()
