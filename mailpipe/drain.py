"""From the spool to the ledger, from there to tickets: in order of arrival, each mail once."""

from __future__ import annotations

import fcntl
import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from core import clock, files
from mailpipe import spool
from mailpipe.actions.intake import Envelope, ledger_row, settle_mail
from mailpipe.isolation import Crashed, TookTooLong, run_in_child, time_limit
from mailpipe.models import InboundMail

BATCH = 50
LOCK_NAME = ".drain.lock"
# The first try and those after 1, 5 and 30 minutes; then a person looks (mail.md 5).
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
CHILD_SIZE = 1024 * 1024
CONTENTION = ("55P03", "40P01", "40001")  # lock not available, deadlock, serialisation failure
CONTENTION_TRIES = 3

logger = logging.getLogger(__name__)


def drain(folder: Path | None = None, *, limit: int = 1000) -> int:
    """Take in what lies in the spool and settle what is due; returns how many mails were settled.

    Two drains of one spool are harmless: the second finds the lock taken and leaves.
    """
    folder = folder or Path(settings.MAIL_SPOOL)
    with _lock(folder) as is_ours:
        if not is_ours:
            return 0
        while _take_in(folder):
            pass
        return _settle_due(limit)


def _take_in(folder: Path) -> int:
    """Spool files become ledger rows; a file goes when its row and raw bytes are durable."""
    mails = spool.pending(folder, BATCH, now=clock.now())
    rows = [_row_of(mail) for mail in mails]
    # One transaction for all: the same mail for the same recipient is one row (mail.md 7).
    InboundMail.objects.bulk_create(rows, ignore_conflicts=True)
    for mail in mails:
        spool.discard(mail.path)
    return len(mails) if len(mails) == BATCH else 0


def _row_of(mail: spool.SpooledMail) -> InboundMail:
    envelope = Envelope(recipient=mail.recipient, sender=mail.sender, received_at=mail.received_at)
    return ledger_row(mail.raw, envelope=envelope)


def _settle_due(limit: int) -> int:
    done = 0
    while done < limit:
        row = InboundMail.objects.due(clock.now()).first()
        if row is None or not _begin(row, clock.now()):
            break
        settle_guarded(row)
        done += 1
    return done


def _begin(row: InboundMail, now: datetime) -> bool:
    """Count the try before it happens, so that a crash counts too; False when another took it.

    Not waiting for the disk here is safe: only a crash of this process matters.
    """
    wait = RETRIES[min(row.attempts, len(RETRIES) - 1)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        taken = InboundMail.objects.filter(
            pk=row.pk, attempts=row.attempts, settled_at=None
        ).update(attempts=F("attempts") + 1, next_attempt_at=now + wait)
    row.attempts += 1
    return bool(taken)


def settle_guarded(row: InboundMail) -> None:
    """Settle one mail, and keep its troubles to itself; raises only when the database is away."""
    if row.attempts > len(RETRIES) + 1:
        give_up(row, "The worker crashed each time.")
        return
    try:
        if _is_risky(row):
            run_in_child(lambda: _settle(row))
        else:
            with time_limit():
                _settle(row)
    except TookTooLong:
        _quarantine(row, "took longer than 30 seconds or too much memory")
    except Crashed as crash:
        _note_failure(row, f"The process that read the mail was lost: {crash}")


def _is_risky(row: InboundMail) -> bool:
    """Large, or tried before; a caller's transaction can't be seen by another process."""
    return (row.size > CHILD_SIZE or row.attempts > 1) and not connection.in_atomic_block


def _settle(row: InboundMail) -> None:
    for attempt in range(1, CONTENTION_TRIES + 1):
        try:
            with files.open_compressed(row.stored_as) as file:
                raw = file.read()
            settle_mail(row, raw=raw, now=clock.now())
        except MemoryError:
            raise TookTooLong from None
        except (OperationalError, InterfaceError) as failure:
            if _sqlstate(failure) not in CONTENTION or attempt == CONTENTION_TRIES:
                raise
        except Exception:
            logger.exception("mail %s failed", row.pk)
            _note_failure(row, traceback.format_exc(limit=-12))
            return
        else:
            return


def _note_failure(row: InboundMail, error: str) -> None:
    if row.attempts > len(RETRIES):
        give_up(row, error)
        return
    InboundMail.objects.filter(pk=row.pk, settled_at=None).update(last_error=error[-8000:])


def give_up(row: InboundMail, error: str) -> None:
    """No try is left: held as failed, with what went wrong, until a person replays it."""
    InboundMail.objects.filter(pk=row.pk, settled_at=None).update(
        outcome=InboundMail.Outcome.FAILED,
        reason="an error on our side, see the details",
        last_error=error[-8000:],
        settled_at=clock.now(),
        next_attempt_at=None,
    )


def _quarantine(row: InboundMail, reason: str) -> None:
    InboundMail.objects.filter(pk=row.pk, settled_at=None).update(
        outcome=InboundMail.Outcome.QUARANTINED,
        reason=reason,
        trace=[{"step": "outcome", "text": f"quarantined: {reason}"}],
        settled_at=clock.now(),
        next_attempt_at=None,
    )


def _sqlstate(failure: Exception) -> str:
    return getattr(failure.__cause__, "sqlstate", None) or ""


@contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """One drain a spool; the kernel frees the lock of a killed one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
