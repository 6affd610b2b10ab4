"""The words of attached files: asked for with the message, read by a sweep, forgotten with it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.registries import HealthLine
from tickets.attachment_text.kinds import kind_of
from tickets.attachment_text.reading import PATIENCE, Reading, read_stored
from tickets.models import Attachment, AttachmentText, SearchDocument

MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=3 * PATIENCE)
PAUSE = timedelta(minutes=5)
# One file may still take its PATIENCE after this; a sweep that lasts keeps nobody else waiting.
SWEEP_SECONDS = 15
SHOWN_SINCE = timedelta(days=7)
MANY = 20
KEPT_BATCH = 500

State = AttachmentText.State


def note_files(attachments: Iterable[Attachment], *, now: datetime) -> None:
    """Ask for the words of files just attached; each stored file is read once."""
    kinds = {row.sha256: kind_of(row.filename, row.content_type, row.size) for row in attachments}
    rows = [
        AttachmentText(sha256=digest, kind=kind, due_at=now)
        for digest, kind in sorted(kinds.items())
        if digest and kind
    ]
    AttachmentText.objects.bulk_create(rows, ignore_conflicts=True)


def read_waiting(now: datetime) -> int:
    """Read files that wait, one after the other, for some seconds; returns how many."""
    until, done = time.monotonic() + SWEEP_SECONDS, 0
    while time.monotonic() < until:
        row = _claim(now)
        if row is None:
            break
        if row.state == State.WAITING:
            _write(row, read_stored(row.sha256, row.kind), now=now)
        done += 1
    return done


def forget(digests: Collection[str]) -> None:
    """Drop the words of files that no message carries any more (redaction, deletion)."""
    _unused().filter(pk__in=digests).delete()


def forget_unused(_now: datetime) -> int:
    """The same for files that went with their ticket; returns how many."""
    unused = list(_unused().values_list("pk", flat=True)[:KEPT_BATCH])
    return AttachmentText.objects.filter(pk__in=unused).delete()[0]


def unread_files() -> HealthLine:
    """How many files of the last week could not be read, and how many wait for long."""
    now = clock.now()
    failed = AttachmentText.objects.filter(state=State.FAILED, due_at__gt=now - SHOWN_SINCE)
    late = AttachmentText.objects.filter(state=State.WAITING, due_at__lt=now - SHOWN_SINCE / 7)
    count, is_late = failed.count(), late.exists()
    text = ngettext("%(n)d file could not be read", "%(n)d files could not be read", count)
    return HealthLine(
        _("Words of attachments"), text % {"n": count}, not is_late and count < MANY, float(count)
    )


def _unused() -> QuerySet[AttachmentText]:
    carried = Attachment.objects.kept().filter(sha256=OuterRef("pk"))
    return AttachmentText.objects.filter(~Exists(carried))


@transaction.atomic
def _claim(now: datetime) -> AttachmentText | None:
    """Take the next file; should its reader take us down, it waits for LEASE and counts."""
    waiting = AttachmentText.objects.filter(state=State.WAITING, due_at__lte=now)
    row = waiting.select_for_update(skip_locked=True).order_by("-due_at").first()
    if row is None:
        return None
    row.attempts += 1
    row.due_at = now + LEASE
    if row.attempts > MAX_ATTEMPTS:
        row.state, row.error = State.FAILED, row.error or "the reader never came back"
    row.save(update_fields=["attempts", "due_at", "state", "error"])
    return row


@transaction.atomic
def _write(row: AttachmentText, reading: Reading, *, now: datetime) -> None:
    """Keep what was read, and let the documents of the tickets that carry it be written anew."""
    row.text, row.error, row.due_at = reading.text, reading.error, now
    if not reading.error:
        row.state = State.READ
    elif reading.is_final or row.attempts >= MAX_ATTEMPTS:
        row.state = State.FAILED
    else:
        row.due_at = now + PAUSE * row.attempts
    # By a condition: what was redacted meanwhile does not come back.
    facts = {name: getattr(row, name) for name in ("text", "error", "due_at", "state")}
    kept = AttachmentText.objects.filter(pk=row.pk).update(**facts)
    if kept and reading.text:
        carriers = Attachment.objects.kept().filter(sha256=row.sha256).values("ticket")
        SearchDocument.objects.filter(ticket__in=carriers).update(is_stale=True)
