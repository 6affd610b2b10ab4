"""A changed status or priority moves its tickets' queue columns, in batches (N11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.jobs import JobKind, Work, kinds, start_job
from tickets.attention import patience
from tickets.models import NO_DEADLINE, Priority, Status, Ticket
from tickets.verify import MEND_COLUMNS

BATCH = 1000
KIND = "tickets.resettle"


def resettle_tickets(row: Status | Priority, *, actor: Any, now: datetime) -> None:
    """Start the job that brings the tickets of `row` in line, unless none differs."""
    field = "status" if isinstance(row, Status) else "priority"
    if _differing(field, row.pk).exists():
        start_job(KIND, {"field": field, "id": row.pk}, actor=actor, now=now)


def run(work: Work) -> dict[str, Any]:
    """Mend a thousand tickets at a time until none differs; safe to repeat."""
    field, pk, done = work.arguments["field"], work.arguments["id"], 0
    while ids := list(_differing(field, pk).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic(), connection.cursor() as cursor:
            facts: dict[str, Any] = {"never": NO_DEADLINE, "patience": patience(), "ids": ids}
            cursor.execute(MEND_COLUMNS, facts)
        done += len(ids)
        work.advance(done)
    return {"tickets": done}


def preview_status(row: Any, changes: dict[str, tuple[Any, Any]]) -> str:
    """How many tickets a new kind moves: "43 tickets change kind"."""
    if "kind" not in changes:
        return ""
    count = Ticket.objects.filter(status_id=row.pk)[:1001].count()
    if not count:
        return ""
    return ngettext(
        "%(count)s ticket with this status changes its kind, and with it queue and clocks.",
        "%(count)s tickets with this status change their kind, and with it queue and clocks.",
        count,
    ) % {"count": "1000+" if count > BATCH else count}


def _differing(field: str, pk: int) -> Any:
    """Tickets of the row whose columns do not follow it yet."""
    if field == "status":
        kind = Status.objects.values_list("kind", flat=True).get(pk=pk)
        return Ticket.objects.filter(~Q(status_kind=kind), status_id=pk)
    rank = Priority.objects.values_list("rank", flat=True).get(pk=pk)
    return Ticket.objects.filter(~Q(priority_rank=rank), priority_id=pk)


kinds.register(KIND, JobKind(_("Tickets follow a changed setting"), run))
