"""Steps over many tickets: rows first, each ticket once and by itself, undone as another run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from core.jobs import start_job
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.handover import unpin_handover
from tickets.actions.labels import set_tags
from tickets.actions.lifecycle import mark_spam, unmark_spam
from tickets.actions.record import lock_ticket
from tickets.actors import Actor
from tickets.bulk import KEPT, TAGS, UNDO, UNDONE_WITHIN, Deed, snapshot
from tickets.models import BulkRun, BulkRunTicket, Priority, Status, Ticket

_ROWS: Final[dict[str, Any]] = {
    "assignee": User,
    "department": Department,
    "status": Status,
    "priority": Priority,
}
_BATCH: Final = 1000
_MAX_REASON: Final = 300


@dataclass(frozen=True, kw_only=True)
class BulkWish:
    """A step, its choices, and the tickets it is meant for; `unseen` more were chosen in vain."""

    step: str
    choices: Mapping[str, Any] = field(default_factory=dict)
    ticket_ids: Iterable[int]
    unseen: int = 0
    list_query: str = ""


@transaction.atomic
def start_bulk(wish: BulkWish, *, user: User, now: datetime) -> BulkRun:
    """Write down what is to be done; nothing is done yet."""
    run = BulkRun.objects.create(
        step=wish.step,
        wish=dict(wish.choices),
        started_by=user,
        unseen=wish.unseen,
        list_query=wish.list_query,
        created_at=now,
    )
    rows = (BulkRunTicket(run=run, ticket_id=pk) for pk in wish.ticket_ids)
    BulkRunTicket.objects.bulk_create(rows, batch_size=_BATCH)
    return run


@transaction.atomic
def give_to_worker(run: BulkRun, *, kind: str, now: datetime) -> BulkRun:
    """Let a job of this kind do the rest of the run; a run has one job."""
    locked = BulkRun.objects.select_for_update().get(pk=run.pk)
    if locked.job_id is None and locked.finished_at is None:
        total = locked.rows.filter(state=BulkRunTicket.State.PENDING).count()
        arguments = {"run": locked.pk}
        locked.job = start_job(kind, arguments, actor=locked.started_by, total=total, now=now)
        locked.save(update_fields=["job"])
    return locked


@transaction.atomic
def take_ticket(pk: int, *, deed: Deed, now: datetime) -> None:
    """Do the deed to the ticket of one row, and note what became of it, in one transaction.

    So a run that was killed goes on where it stopped and does nothing twice. A row that another
    worker holds, or that is done, is left alone.
    """
    pending = BulkRunTicket.objects.filter(pk=pk, state=BulkRunTicket.State.PENDING)
    row = pending.select_for_update(skip_locked=True).first()
    if row is None:
        return
    try:
        with transaction.atomic():
            _do(row, deed, now)
    except ValidationError as refusal:
        row.state, row.reason = row.State.REFUSED, " ".join(refusal.messages)[:_MAX_REASON]
    except OperationalError:
        # A lock that did not come; when the line itself is gone, saving the row says so.
        row.state, row.reason = row.State.REFUSED, _("Somebody else was changing it.")
    row.save(update_fields=["state", "reason", "before", "after"])


@transaction.atomic
def finish_bulk(run: BulkRun, *, now: datetime) -> BulkRun:
    """Nothing more will be done."""
    locked = BulkRun.objects.select_for_update().get(pk=run.pk)
    if locked.finished_at is None:
        locked.finished_at = now
        locked.save(update_fields=["finished_at"])
    return locked


@transaction.atomic
def undo_bulk(run: BulkRun, *, user: User, now: datetime) -> BulkRun:
    """The run that puts back what `run` changed; the same one when asked twice.

    Raises ValidationError when it is not theirs, runs still, is too old, or can't be undone.
    """
    locked = BulkRun.objects.select_for_update().get(pk=run.pk)
    if known := BulkRun.objects.filter(undoes=locked).first():
        return known
    if locked.started_by_id != user.pk or not can_undo(locked, now=now):
        raise ValidationError(_("This can't be undone any more."))
    undo = BulkRun.objects.create(
        step=UNDO, undoes=locked, started_by=user, list_query=locked.list_query, created_at=now
    )
    done = locked.rows.filter(state=BulkRunTicket.State.DONE).order_by("pk")
    rows = [
        BulkRunTicket(run=undo, ticket_id=row.ticket_id, before=row.after, after=row.before)
        for row in done
    ]
    BulkRunTicket.objects.bulk_create(rows, batch_size=_BATCH)
    return undo


def can_undo(run: BulkRun, *, now: datetime) -> bool:
    """Whether the changes of the run may still be put back."""
    if not run.is_over or now - (run.finished_at or run.created_at) > UNDONE_WITHIN:
        return False
    return run.rows.filter(state=BulkRunTicket.State.DONE).exclude(before={}).exists()


def put_back(ticket: Ticket, *, row: BulkRunTicket, actor: Actor, now: datetime) -> None:
    """Give the ticket the values of `row.after`, if it still has those of `row.before`.

    Raises ValidationError when somebody changed it meanwhile.
    """
    if snapshot(ticket, tuple(row.before)) != row.before:
        raise ValidationError(_("It was changed meanwhile."))
    wanted = row.after
    if "handover" in wanted and wanted["handover"] != row.before["handover"]:
        unpin_handover(ticket, actor=actor, now=now)
        ticket = lock_ticket(ticket)
    rows = {name: _row(name, wanted[name]) for name in _ROWS if name in wanted}
    if rows:
        apply_changes(ticket, changes=Changes(**rows), actor=actor, now=now)
    if TAGS in wanted:
        set_tags(ticket, names=wanted[TAGS], actor=actor, now=now)
    if "is_spam" in wanted:
        act = mark_spam if wanted["is_spam"] else unmark_spam
        act(ticket, actor=actor, now=now)


def forget_bulk_runs(now: datetime) -> int:
    """Drop runs nobody looks at any more; returns how many rows went."""
    return BulkRun.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _do(row: BulkRunTicket, deed: Deed, now: datetime) -> None:
    ticket = lock_ticket(Ticket(pk=row.ticket_id))
    if not deed.tickets.filter(pk=ticket.pk).exists():
        raise ValidationError(_("There is no such ticket for you."))
    before = snapshot(ticket, deed.fields)
    row.reason = deed.act(ticket, row, now)[:_MAX_REASON]
    row.state = row.State.DONE
    if not deed.fields:
        return
    after = snapshot(ticket, deed.fields)
    if before == after:
        row.state = row.State.SAME
    else:
        row.before, row.after = before, after


def _row(name: str, pk: int | None) -> Any:
    if pk is None:
        return None
    found = _ROWS[name].objects.filter(pk=pk).first()
    if found is None:
        raise ValidationError(_("What it had before is gone."))
    return found
