"""Taking in what other systems know; the same record twice is one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from core import audit
from customers.models import CrmRecord, Customer, Organisation
from customers.records import RecordFacts, check_facts, web_address

TOLD = 100  # dropped records that the audit log names
_OWN = frozenset(["source", "kind", "external_id", "fetched_at"])
_LIMITS = {
    field.name: field.max_length
    for field in CrmRecord._meta.concrete_fields
    if getattr(field, "max_length", None)
}
_FIELDS = [name for name in RecordFacts.__dataclass_fields__ if name not in _OWN]


@dataclass(frozen=True)
class Taken:
    """What became of a batch."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


@transaction.atomic
def upsert_records(
    batch: Sequence[RecordFacts], *, source: str, actor: Any, now: datetime
) -> Taken:
    """Take in a batch, idempotently by (source, kind, external id); the last of doubles counts.

    Raises ValidationError for a record that can't be kept, and then takes none. One line of the
    audit log tells of the batch, unless nothing changed.
    """
    for facts in batch:
        check_facts(facts)
    rows = {(facts.kind, facts.external_id[:120]): _row(facts, source, now) for facts in batch}
    known = {
        (row.kind, row.external_id): row
        for row in CrmRecord.objects.filter(
            source=source, external_id__in=[external_id for _kind, external_id in rows]
        )
    }
    new = [key for key in rows if key not in known]
    changed = [key for key in rows if key in known and _differs(known[key], rows[key])]
    CrmRecord.objects.bulk_create(
        [rows[key] for key in sorted(rows)],
        update_conflicts=True,
        unique_fields=["source", "kind", "external_id"],
        update_fields=[*_columns(), "fetched_at"],
        batch_size=500,
    )
    taken = Taken(len(new), len(changed), len(rows) - len(new) - len(changed))
    if new or changed:
        after = {"source": source, "created": len(new), "changed": len(changed)}
        audit.record("records_taken", source, actor=actor, after=after, now=now)
    return taken


@transaction.atomic
def drop_records(keys: Sequence[tuple[str, str]], *, source: str, actor: Any, now: datetime) -> int:
    """Forget records that vanished at their source, named by (kind, external id).

    Returns how many there were; one line of the audit log tells of them.
    """
    named = Q()
    for kind, external_id in keys:
        named |= Q(kind=kind, external_id=external_id)
    dropped, _each = CrmRecord.objects.filter(named, source=source).delete() if keys else (0, {})
    if dropped:
        before = {"source": source, "records": [" ".join(key) for key in keys][:TOLD]}
        audit.record("records_dropped", source, actor=actor, before=before, now=now)
    return dropped


def move_records_of_customer(loser: Customer, *, to: Customer) -> None:
    """Records and notes of a merged customer go on with the survivor."""
    loser.records.update(customer=to)
    loser.written_notes.update(customer=to)
    loser.lookups.all().delete()


def move_records_of_organisation(old: Organisation, *, to: Organisation) -> None:
    """Records of an organisation that is given up belong to the other one."""
    old.records.update(organisation=to)


def _row(facts: RecordFacts, source: str, now: datetime) -> CrmRecord:
    values = asdict(facts)
    for name, limit in _LIMITS.items():
        if isinstance(values.get(name), str):
            values[name] = values[name].replace("\x00", "").strip()[:limit]
    values["url"], values["tracking_url"] = web_address(facts.url), web_address(facts.tracking_url)
    return CrmRecord(source=source, fetched_at=now, **values)


def _columns() -> list[str]:
    return [name.removesuffix("_id") for name in _FIELDS]


def _differs(known: CrmRecord, row: CrmRecord) -> bool:
    return any(getattr(known, name) != getattr(row, name) for name in _FIELDS)
