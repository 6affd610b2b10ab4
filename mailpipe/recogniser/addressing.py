"""Which department a mail is for (mail.md 31 to 33)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Department
from mailpipe.addresses import canonical, plus_part, strip_plus
from mailpipe.parsing.mail import ParsedMail
from mailpipe.parsing.mailboxes import parse_mailboxes
from mailpipe.recogniser.case import own_addresses
from tickets.vocabulary import departments

# Topmost first: the nearer the header was written to us, the truer it is.
ENVELOPE_HEADERS = ("x-original-to", "envelope-to", "x-envelope-to", "delivered-to")


class NoDepartment(LookupError):
    """The company has no department at all: mail waits until there is one."""


@dataclass(frozen=True)
class Candidate:
    """An address the mail was sent to, and where it says so."""

    source: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Addressing:
    """Where the mail goes, why, and which departments its To and Cc name."""

    department: Department
    why: str
    named: list[Department]


def addressing(parsed: ParsedMail, recipient: str) -> Addressing:
    """The first candidate that is ours decides; nobody's goes to the default department.

    Raises NoDepartment.
    """
    ours = own_addresses()
    named = [
        department
        for candidate in visible_candidates(parsed)
        if (department := _department(candidate.email, ours)) is not None
    ]
    for candidate in candidates(parsed, recipient):
        department = _department(candidate.email, ours)
        if department is not None:
            why = f"{candidate.source} {candidate.email}"
            return Addressing(department=department, why=why, named=_once(named))
    return Addressing(department=_default(), why="no address of ours", named=_once(named))


def candidates(parsed: ParsedMail, recipient: str) -> Iterator[Candidate]:
    """Every address the mail was sent to, the most reliable first."""
    if recipient:
        yield Candidate("recipient", canonical(recipient))
    for name in ENVELOPE_HEADERS:
        for value in parsed.headers.get(name, ()):
            for mailbox in parse_mailboxes(value, limit=10):
                yield Candidate(name, canonical(mailbox.email))
    yield from visible_candidates(parsed)


def visible_candidates(parsed: ParsedMail) -> Iterator[Candidate]:
    """What To and Cc say."""
    for source, mailboxes in (("to", parsed.to), ("cc", parsed.cc)):
        for mailbox in mailboxes:
            yield Candidate(source, canonical(mailbox.email))


def _department(email: str, ours: dict[str, Department]) -> Department | None:
    """By address; `support+billing@` names the department after the plus (mail.md 32)."""
    owner = ours.get(email) or ours.get(strip_plus(email))
    if owner is None:
        return None
    slug = plus_part(email)
    return next((row for row in departments() if slug and row.slug == slug), owner)


def _default() -> Department:
    rows = sorted(departments(), key=lambda row: not row.is_default)
    if not rows:
        raise NoDepartment("there is no department")
    return rows[0]


def _once(rows: list[Department]) -> list[Department]:
    return list({row.pk: row for row in rows}.values())
