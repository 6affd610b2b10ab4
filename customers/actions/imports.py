"""A file of records: kept, its columns named, taken in by a job that may be repeated."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, clock
from core.jobs import JobKind, Work, kinds, start_job
from core.models import Job
from customers.actions.records import Taken, upsert_records
from customers.models import CrmImport
from customers.record_csv import CHUNK, Table

KIND = "customers.import_records"
SOURCE = "csv"


@transaction.atomic
def keep_file(name: str, *, content: str, actor: User, now: datetime) -> CrmImport:
    """Keep an uploaded file until it is taken in. Raises ValidationError for no table."""
    table = Table(content)
    table.size()
    return CrmImport.objects.create(
        name=name[:120],
        content=content,
        columns=table.guessed(),
        created_by=actor,
        created_at=now,
    )


def keep_columns(row: CrmImport, *, columns: dict[str, str]) -> CrmImport:
    """Say which column is what."""
    row.columns = {name: column for name, column in columns.items() if column}
    row.save(update_fields=["columns"])
    return row


@transaction.atomic
def start_import(row: CrmImport, *, actor: User, now: datetime) -> Job:
    """Let a job take the file in, once: what runs or has run answers with its job. Audited."""
    locked = CrmImport.objects.select_for_update().get(pk=row.pk)
    if locked.job is not None and locked.job.state in (Job.State.WAITING, Job.State.RUNNING):
        return locked.job
    total = Table(locked.content).size()
    locked.job = start_job(KIND, {"import": row.pk}, actor=actor, total=total, now=now)
    locked.save(update_fields=["job"])
    audit.record("import_started", locked, actor=actor, now=now)
    return locked.job


def run(work: Work) -> dict[str, Any]:
    """Take in chunk by chunk; a repeated job finds its records and changes nothing."""
    row = CrmImport.objects.select_related("created_by").get(pk=work.arguments["import"])
    taken, troubles, done = Taken(), 0, 0
    left = Table(row.content).lines(row.columns)
    while lines := list(islice(left, CHUNK)):
        batch = [line.facts for line in lines if line.facts is not None]
        troubles += len(lines) - len(batch)
        taken += upsert_records(batch, source=SOURCE, actor=row.created_by, now=clock.now())
        done += len(lines)
        work.advance(done)
    return {
        "created": taken.created,
        "changed": taken.changed,
        "unchanged": taken.unchanged,
        "left_out": troubles,
    }


def page_of(job: Job) -> str:
    """Where the file and its lines in trouble stand."""
    return reverse("crm_import_file", args=[job.arguments["import"]])


WORDS = {
    "created": _("New records"),
    "changed": _("Changed records"),
    "unchanged": _("As they were"),
    "left_out": _("Lines left out"),
}
kinds.register(KIND, JobKind(_("Records taken in from a file"), run, page_of, WORDS))
