"""Long work as rows: started by anybody, run by a worker, with progress, cancelling and retries."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit, clock, pokes, statements
from core.models import Job
from core.registries import Registry

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3
MAX_ERROR = 2_000
FINISHED = [Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED]

logger = logging.getLogger(__name__)


class JobCancelled(Exception):
    """Somebody asked the job to stop; raised at its next step."""


class Work:
    """A job as its kind sees it: arguments in, steps out."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.arguments: dict[str, Any] = job.arguments

    def advance(self, done: int, *, total: int | None = None) -> None:
        """Note progress and keep the lease. Raises JobCancelled when asked to stop.

        Call it at least every 60 s, outside of a transaction, so that others see it.
        """
        changes: dict[str, Any] = {"done": done, "lease_until": clock.now() + LEASE}
        if total is not None:
            changes["total"] = total
        Job.objects.filter(pk=self.job.pk).update(**changes)
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise JobCancelled


@dataclass(frozen=True)
class JobKind:
    """What runs under a name; `run` may be repeated after a crash, so it must be idempotent.

    `page` is the address that shows what came out, for kinds whose outcome has a page; `words`
    name what its own page shows of the outcome, anything else in it is for programs. `page_words`
    say what the page is for where it is more than that.
    """

    label: Any
    run: Callable[[Work], dict[str, Any] | None]
    page: Callable[[Job], str] | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    page_words: Any = ""


kinds: Registry[JobKind] = Registry("job_kinds")


@transaction.atomic
def start_job(
    kind: str,
    arguments: dict[str, Any],
    *,
    actor: Any,
    total: int | None = None,
    now: datetime | None = None,
) -> Job:
    """Ask for a piece of long work; a worker takes it once this is committed. Audited.

    Raises KeyError when nobody registered `kind`.
    """
    _known = kinds[kind]
    job = Job.objects.create(
        kind=kind,
        arguments=arguments,
        total=total,
        started_by=audit.user_of(actor),
        created_at=now or clock.now(),
    )
    audit.record("job_started", job, actor=actor, after={"kind": kind}, now=now)
    pokes.poke("core.run_job", job.pk)
    return job


@transaction.atomic
def cancel_job(job: Job, *, actor: Any, now: datetime) -> Job:
    """Ask a job to stop: at once when it waits, at its next step when it runs."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.is_finished or locked.cancel_requested:
        return locked
    locked.cancel_requested = True
    if locked.state == Job.State.WAITING:
        locked.state, locked.finished_at = Job.State.CANCELLED, now
    locked.save(update_fields=["cancel_requested", "state", "finished_at"])
    audit.record("job_cancelled", locked, actor=actor, now=now)
    return locked


def run_due(now: datetime) -> int:
    """Run jobs that wait or were left by a crash, one after the other; returns how many."""
    done = 0
    while job := _claimed(Job.objects.all(), now):
        _run(job)
        done += 1
    return done


def run_job(job_id: int, *, now: datetime) -> None:
    """Run one job if it still waits and nobody else has it."""
    if job := _claimed(Job.objects.filter(pk=job_id), now):
        _run(job)


@transaction.atomic
def _claimed(jobs: QuerySet[Job], now: datetime) -> Job | None:
    is_due = Q(state=Job.State.WAITING) & (Q(lease_until=None) | Q(lease_until__lte=now))
    is_left = Q(state=Job.State.RUNNING, lease_until__lte=now)
    due = jobs.filter(is_due | is_left).order_by("created_at", "pk")
    job = due.select_for_update(skip_locked=True).first()
    if job is None:
        return None
    job.attempts += 1
    job.state, job.lease_until = Job.State.RUNNING, now + LEASE
    job.save(update_fields=["attempts", "state", "lease_until"])
    return job


def _run(job: Job) -> None:
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, last_error=job.last_error or "The worker crashed each time.")
        return
    try:
        with statements.at_most(statements.OF_JOBS):
            outcome = kinds[job.kind].run(Work(job))
    except JobCancelled:
        _finish(job, Job.State.CANCELLED)
    except Exception as failure:
        # A job is the code of any app: what it raises stands on its row, and the worker lives on.
        logger.exception("job %s failed", job)
        _fail(job, f"{type(failure).__name__}: {failure}"[:MAX_ERROR])
    else:
        _finish(job, Job.State.DONE, outcome=outcome or {}, last_error="")


def _fail(job: Job, error: str) -> None:
    if job.attempts >= MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, last_error=error)
        return
    # Waiting jobs with a lease rest until it is over; then they are tried again.
    pause = clock.now() + LEASE * job.attempts
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.WAITING, lease_until=pause, last_error=error
    )


def _finish(job: Job, state: Job.State, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state, finished_at=clock.now(), lease_until=None, **changes
    )
