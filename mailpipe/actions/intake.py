"""Settling a received mail: exactly one outcome, in one transaction (mail.md 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from django.db import transaction

from core import files
from core.text import clean_line
from mailpipe.actions.arrival import join_thread, open_from_mail
from mailpipe.actions.duplicates import drop_duplicate
from mailpipe.actions.reports import join_bounce
from mailpipe.models import InboundMail
from mailpipe.reading import read_mail
from mailpipe.recogniser.addressing import addressing
from mailpipe.recogniser.case import Case, Mail, Settlement
from mailpipe.recogniser.screening import drop_echo, hold_flood, hold_spam, refuse_empty
from mailpipe.storage import Store, keep

Stage = Callable[[Case], Settlement | None]
# The first stage that has an answer settles the mail; the spam filter comes before the question
# whether it is a new ticket or a reply (R46).
STAGES: tuple[Stage, ...] = (
    refuse_empty,
    drop_echo,
    join_bounce,
    drop_duplicate,
    hold_spam,
    join_thread,
    hold_flood,
)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What was said about a mail when it was handed over."""

    recipient: str
    sender: str
    received_at: datetime
    source: str = "pipe"


def ledger_row(raw: BinaryIO, *, envelope: Envelope) -> InboundMail:
    """An unsaved line of the ledger whose raw bytes, from here to the end, are stored."""
    start = raw.tell()
    digest = hashlib.sha256()
    while chunk := raw.read(files.CHUNK):
        digest.update(chunk)
    raw.seek(start)
    stored = files.put_compressed(raw)
    return InboundMail(
        source=envelope.source,
        recipient=envelope.recipient[:254],
        envelope_sender=envelope.sender[:254],
        sha256=digest.hexdigest(),
        stored_as=stored.sha256,
        size=stored.size,
        received_at=envelope.received_at,
        next_attempt_at=envelope.received_at,
    )


def take_in(raw: bytes, *, envelope: Envelope, now: datetime) -> InboundMail:
    """Write a mail into the ledger and settle it at once; the same mail twice is one line."""
    line = ledger_row(BytesIO(raw), envelope=envelope)
    InboundMail.objects.bulk_create([line], ignore_conflicts=True)
    row = InboundMail.objects.get(
        source=envelope.source,
        recipient=envelope.recipient[:254],
        sha256=line.sha256,
    )
    settle_mail(row, mail=read_mail(raw, envelope_sender=row.envelope_sender), now=now)
    return row


def settle_mail(row: InboundMail, *, mail: Mail, now: datetime, store: Store = keep) -> Case | None:
    """Give `row` its outcome; None when it has one, or another worker is at it.

    Ticket, message, files, identifiers and ledger row commit together or not at all.
    """
    with transaction.atomic():
        unsettled = InboundMail.objects.unsettled().filter(pk=row.pk)
        if not unsettled.select_for_update(skip_locked=True, of=("self",)).values("pk"):
            return None
        case = _case_of(row, mail, now=now, store=store)
        _close(case, _judge(case))
    return case


def _case_of(row: InboundMail, mail: Mail, *, now: datetime, store: Store) -> Case:
    found = addressing(mail.parsed, row.recipient)
    case = Case(
        mail=mail, row=row, store=store, now=now, department=found.department, addressed=found.named
    )
    case.note("department", f"{found.department.slug}: {found.why}")
    for problem in (*mail.parsed.problems, mail.parsed.reduced):
        if problem:
            case.note("parsing", problem)
    if mail.is_automatic:
        case.note("automatic", f"{mail.automatic.kind}: {', '.join(mail.automatic.reasons)}")
    return case


def _judge(case: Case) -> Settlement:
    for stage in STAGES:
        settlement = stage(case)
        if settlement is not None:
            return settlement
    return open_from_mail(case)


def _close(case: Case, settlement: Settlement) -> None:
    """Write the outcome with what the mail said about itself."""
    row, parsed = case.row, case.mail.parsed
    row.outcome, row.reason = settlement.outcome, clean_line(settlement.reason, 300)
    row.ticket, row.message = settlement.ticket, settlement.message
    row.department = settlement.ticket.department if settlement.ticket else case.department
    case.note("outcome", f"{row.outcome}: {row.reason}")
    row.trace, row.attempts = case.trace, row.attempts + 1
    row.settled_at, row.next_attempt_at, row.last_error = case.now, None, ""
    row.from_address = clean_line(parsed.from_address, 254)
    row.from_name = clean_line(parsed.from_name, 160)
    row.subject = clean_line(parsed.subject, 255)
    row.identifier = clean_line(parsed.message_id, 998)
    row.body_sha256 = case.mail.body_sha256
    row.is_automatic, row.is_bounce = case.mail.is_automatic, case.mail.bounce is not None
    row.authentication = case.mail.verdict.as_dict()
    row.save()
