"""From the spool to the ledger, from there to tickets: in order of arrival, each mail once."""

from __future__ import annotations

import fcntl
import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from core import clock, files
from mailpipe import spool
from mailpipe.actions.intake import Envelope, ledger_row, settle_mail
from mailpipe.isolation import Crashed, TookTooLong, run_in_child, time_limit
from mailpipe.models import InboundMail
from mailpipe.reading import read_mail
from mailpipe.recogniser.case import Mail

BATCH = 50
JOURNAL_NAME = ".drain.lock"
# The first try and those after 1, 5 and 30 minutes; then a person looks (mail.md 5).
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
CHILD_SIZE = 1024 * 1024
CONTENTION = ("55P03", "40P01", "40001")  # lock not available, deadlock, serialisation failure
CONTENTION_TRIES = 3

logger = logging.getLogger(__name__)


class Journal:
    """A locked file beside the spool that names the mail in work, so that a crash tells of it.

    One drain a spool: the kernel frees the lock of a killed one. The file is not synced, since
    only the death of this process matters, and it costs no statement.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def begin(self, pk: int) -> None:
        os.pwrite(self._descriptor, b"%020d" % pk, 0)

    def end(self) -> None:
        self.begin(0)

    def left_over(self) -> int:
        """The mail a killed drain was at, 0 when it ended well."""
        written = os.pread(self._descriptor, 20, 0)
        return int(written) if written.isdigit() else 0


def drain(folder: Path | None = None, *, limit: int = 1000) -> int:
    """Take in what lies in the spool and settle what is due; returns how many mails were settled.

    Two drains of one spool are harmless: the second finds the lock taken and leaves.
    """
    folder = folder or Path(settings.MAIL_SPOOL)
    with _locked(folder) as journal:
        if journal is None:
            return 0
        _count_crash(journal)
        while _take_in(folder) == BATCH:
            pass
        return _settle_due(journal, limit)


def _take_in(folder: Path) -> int:
    """Spool files become ledger rows; a file goes when its row and raw bytes are durable."""
    mails = spool.pending(folder, BATCH, now=clock.now())
    rows = [_row_of(mail) for mail in mails]
    # The same mail for the same recipient is one row (mail.md 7).
    InboundMail.objects.bulk_create(rows, ignore_conflicts=True)
    for mail in mails:
        spool.discard(mail.path)
    return len(mails)


def _row_of(mail: spool.SpooledMail) -> InboundMail:
    envelope = Envelope(recipient=mail.recipient, sender=mail.sender, received_at=mail.received_at)
    with mail.path.open("rb") as file:
        file.seek(mail.offset)
        return ledger_row(file, envelope=envelope)


def _settle_due(journal: Journal, limit: int) -> int:
    done = 0
    while done < limit:
        rows = list(InboundMail.objects.due(clock.now())[:BATCH])
        for row in rows:
            journal.begin(row.pk)
            try:
                settle_guarded(row)
            finally:
                journal.end()
        done += len(rows)
        if len(rows) < BATCH:
            break
    return done


def _count_crash(journal: Journal) -> None:
    """The last drain died over a mail: that was a try, and the others go first now."""
    row = InboundMail.objects.unsettled().filter(pk=journal.left_over()).first()
    if row is not None:
        note_failure(row, "The worker that read the mail was killed.")
    journal.end()


def settle_guarded(row: InboundMail) -> None:
    """Settle one mail, and keep its troubles to itself.

    Raises only when the database is away, or when there is no room for the mail's files.
    """
    try:
        if _is_risky(row):
            run_in_child(lambda: _settle(row))
        else:
            with time_limit():
                _settle(row)
    except TookTooLong:
        _quarantine(row, "took longer than 30 seconds or too much memory")
    except Crashed as crash:
        note_failure(row, f"The process that read the mail was lost: {crash}")


def _is_risky(row: InboundMail) -> bool:
    """Large, or tried before; a caller's transaction can't be seen by another process."""
    return (row.size > CHILD_SIZE or row.attempts > 0) and not connection.in_atomic_block


def _settle(row: InboundMail) -> None:
    for attempt in range(1, CONTENTION_TRIES + 1):
        try:
            settle_mail(row, mail=_mail_of(row), now=clock.now())
        except MemoryError:
            raise TookTooLong from None
        except (OperationalError, InterfaceError) as failure:
            if _sqlstate(failure) not in CONTENTION or attempt == CONTENTION_TRIES:
                raise
        except files.StoreFull:
            # No fault of the mail: it waits, and the drain ends as when the database is away.
            raise
        except Exception:
            # Our own defect, met by this mail: it is tried again, then held; the next ones go on.
            logger.exception("mail %s failed", row.pk)
            note_failure(row, traceback.format_exc(limit=-12))
            return
        else:
            return


def _mail_of(row: InboundMail) -> Mail:
    """Read and understood; the raw bytes, up to 25 MiB, are let go before anything else is done."""
    with files.open_compressed(row.stored_as) as file:
        return read_mail(file.read(), envelope_sender=row.envelope_sender)


def note_failure(row: InboundMail, error: str) -> None:
    """Count a try; after the last one the mail is held as failed until a person replays it."""
    if row.attempts >= len(RETRIES):
        _hold_failed(row, error)
        return
    InboundMail.objects.filter(pk=row.pk, settled_at=None).update(
        attempts=row.attempts + 1,
        next_attempt_at=clock.now() + RETRIES[row.attempts],
        last_error=error[-8000:],
    )


def _hold_failed(row: InboundMail, error: str) -> None:
    InboundMail.objects.filter(pk=row.pk, settled_at=None).update(
        outcome=InboundMail.Outcome.FAILED,
        reason="an error on our side, see the details",
        attempts=row.attempts + 1,
        last_error=error[-8000:],
        settled_at=clock.now(),
        next_attempt_at=None,
    )


def _quarantine(row: InboundMail, reason: str) -> None:
    InboundMail.objects.filter(pk=row.pk, settled_at=None).update(
        outcome=InboundMail.Outcome.QUARANTINED,
        reason=reason,
        trace=[{"step": "outcome", "text": f"quarantined: {reason}"}],
        attempts=row.attempts + 1,
        settled_at=clock.now(),
        next_attempt_at=None,
    )


def _sqlstate(failure: Exception) -> str:
    return getattr(failure.__cause__, "sqlstate", None) or ""


@contextmanager
def _locked(folder: Path) -> Iterator[Journal | None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / JOURNAL_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield None
    else:
        yield Journal(descriptor)
    finally:
        os.close(descriptor)
