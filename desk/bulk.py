"""Steps over many tickets: which tickets are meant, doing it, telling what became of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core import clock
from core.jobs import JobKind, Work
from core.models import Job
from desk.bulk_forms import BulkForm
from desk.bulk_steps import MERGE, STEPS, deed_of
from desk.links import bulk_url, queue_url, ticket_url
from desk.queue_page import listed_tickets
from tickets.actions import (
    BulkWish,
    can_undo,
    finish_bulk,
    forget_bulk_runs,
    give_to_worker,
    start_bulk,
    take_ticket,
)
from tickets.actions.merging import MAX_AT_ONCE
from tickets.bulk import UNDO
from tickets.models import BulkRun, BulkRunTicket, Ticket

KIND: Final = "desk.bulk"
AT_ONCE: Final = 200
MOST: Final = 10_000
CHUNK: Final = 25
PATIENCE: Final = 8.0  # seconds a person waits for the answer
LISTED: Final = 500
LEFT_AFTER: Final = timedelta(minutes=2)
State = BulkRunTicket.State


@dataclass(frozen=True)
class Line:
    """A ticket of the run about which there is something to say."""

    number: str
    subject: str
    url: str
    state: str
    reason: str
    is_refused: bool


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What became of a run, as its page and its toast show it."""

    url: str
    title: str
    words: str
    list_url: str
    job_url: str
    undo_url: str
    is_running: bool
    has_refusals: bool
    unseen: str
    lines: list[Line]
    is_cut: bool


def begun(form: BulkForm, *, user: User, now: datetime) -> BulkRun:
    """The run a valid form asks for, written down and not done yet.

    Raises ValidationError when more tickets match than one step may change, or can be merged.
    """
    asked = form.cleaned_data
    ids, unseen = _meant(form, user=user, now=now)
    merges = asked["step"] == MERGE
    wish = BulkWish(
        step=asked["step"],
        choices={"into": _kept(ids, asked["into"])} if merges else form.choices(),
        ticket_ids=ids,
        unseen=unseen,
        list_query=asked["query"],
    )
    return start_bulk(wish, user=user, now=now)


def pursue(run: BulkRun, *, now: datetime) -> BulkRun:
    """Do a short run at once; give a long one, or what takes long, to a worker."""
    if run.rows.filter(state=State.PENDING).count() > AT_ONCE:
        return give_to_worker(run, kind=KIND, now=now)
    until, last = time.monotonic() + PATIENCE, -1
    while last:
        if time.monotonic() > until:
            return give_to_worker(run, kind=KIND, now=now)
        last = carry_out(run, now=now, after=max(last, 0), limit=CHUNK)
    return finish_bulk(run, now=now)


def carry_out(run: BulkRun, *, now: datetime, after: int = 0, limit: int) -> int:
    """Up to `limit` tickets that nobody did yet, each by itself; returns the last row, or 0."""
    pending = run.rows.filter(state=State.PENDING, pk__gt=after).order_by("pk")
    keys = list(pending.values_list("pk", flat=True)[:limit])
    if not keys or run.started_by is None:
        return 0
    with translation.override(run.started_by.language or None):
        deed = deed_of(run, run.started_by)
        for pk in keys:
            take_ticket(pk, deed=deed, now=now)
    return keys[-1]


def run_job(work: Work) -> dict[str, Any]:
    """A long run, a handful of tickets at a time; safe to repeat after a crash."""
    run = BulkRun.objects.select_related("started_by").get(pk=work.arguments["run"])
    last = -1
    while last:
        work.advance(run.rows.exclude(state=State.PENDING).count(), total=run.rows.count())
        last = carry_out(run, now=clock.now(), after=max(last, 0), limit=CHUNK)
    finish_bulk(run, now=clock.now())
    return {"result": outcome_words(run)}


def finish_left(now: datetime) -> int:
    """A worker takes up short runs whose web server died; old runs are forgotten."""
    left = BulkRun.objects.filter(
        finished_at=None, job=None, created_at__lt=now - LEFT_AFTER
    ).order_by("created_at")
    runs = list(left[:CHUNK])
    for run in runs:
        give_to_worker(run, kind=KIND, now=now)
    return len(runs) + forget_bulk_runs(now)


def result_of_job(job: Job) -> str:
    """The page that tells what became of each ticket."""
    return bulk_url(job.arguments["run"])


def outcome_words(run: BulkRun) -> str:
    """As in: 309 changed, 3 refused."""
    counts = dict(run.rows.order_by().values_list("state").annotate(Count("pk")))
    refused = counts.get(State.REFUSED, 0) + run.unseen
    done = counts.get(State.DONE, 0)
    parts = [ngettext("%(count)d changed", "%(count)d changed", done) % {"count": done}]
    for count, words in (
        (counts.get(State.SAME, 0), _("%(count)d were so already")),
        (refused, _("%(count)d refused")),
        (counts.get(State.PENDING, 0), _("%(count)d not reached")),
    ):
        parts += [words % {"count": count}] * bool(count)
    return ", ".join(parts)


def result_of(run: BulkRun, user: User, *, now: datetime) -> BulkResult:
    """The facts of the result's page; subjects only of what this person sees now."""
    told = run.rows.exclude(reason="").select_related("ticket").order_by("pk")
    rows = list(told[: LISTED + 1])
    seen = set(
        Ticket.objects.visible_to(user)
        .filter(pk__in=[row.ticket_id for row in rows])
        .values_list("pk", flat=True)
    )
    lines = [_line(row, is_seen=row.ticket_id in seen) for row in rows[:LISTED]]
    return BulkResult(
        url=bulk_url(run.pk),
        title=str(_("Undo") if run.step == UNDO else STEPS[run.step].label),
        words=outcome_words(run),
        list_url=_list_url(run),
        job_url=f"/admin/jobs/{run.job_id}" if run.job_id else "",
        undo_url=bulk_url(run.pk, part="undo") if _is_undoable(run, user, now) else "",
        is_running=not run.is_over,
        has_refusals=bool(run.unseen) or any(line.is_refused for line in lines),
        unseen=_unseen_words(run.unseen),
        lines=lines,
        is_cut=len(rows) > LISTED,
    )


def _meant(form: BulkForm, *, user: User, now: datetime) -> tuple[list[int], int]:
    """The ids of the tickets, and how many chosen ones are not there for this person."""
    asked = form.cleaned_data
    if not asked["all"]:
        wanted = asked["ids"]
        found = Ticket.objects.visible_to(user).filter(pk__in=wanted, merged_into=None)
        ids = sorted(found.values_list("pk", flat=True))
        return ids, len(wanted) - len(ids)
    matching = listed_tickets(user, QueryDict(asked["query"]), now).filter(merged_into=None)
    if asked["as_of"] is not None:
        matching = matching.filter(pk__lte=asked["as_of"])
    ids = sorted(set(matching.order_by("pk").values_list("pk", flat=True)[: MOST + 1]))
    if len(ids) > MOST:
        raise ValidationError(
            _("More than %(count)d tickets match: narrow the list first.") % {"count": MOST}
        )
    if not ids:
        raise ValidationError(_("No ticket matches any more."))
    return ids, 0


def _kept(ids: list[int], number: int | None) -> int:
    """The ticket the others become part of: the named one, else the oldest that is open."""
    if not 1 < len(ids) <= MAX_AT_ONCE + 1:
        words = _("Choose at least two tickets to merge, and at most %(count)d.")
        raise ValidationError(words % {"count": MAX_AT_ONCE + 1})
    chosen = Ticket.objects.filter(pk__in=ids).order_by("-is_open", "created_at", "pk")
    if number is not None:
        chosen = chosen.filter(number=number)
    kept = chosen.first()
    if kept is None:
        raise ValidationError(_("Name one of the chosen tickets."))
    return kept.pk


def _is_undoable(run: BulkRun, user: User, now: datetime) -> bool:
    is_new = run.step != UNDO and not BulkRun.objects.filter(undoes=run).exists()
    return is_new and run.started_by_id == user.pk and can_undo(run, now=now)


def _line(row: BulkRunTicket, *, is_seen: bool) -> Line:
    return Line(
        number=f"#{row.ticket.number}",
        subject=row.ticket.subject if is_seen else "",
        url=ticket_url(row.ticket.number) if is_seen else "",
        state=str(row.get_state_display()),
        reason=row.reason,
        is_refused=row.state == State.REFUSED,
    )


def _list_url(run: BulkRun) -> str:
    return queue_url(**QueryDict(run.list_query).dict()) if run.list_query else queue_url()


def _unseen_words(count: int) -> str:
    words = ngettext(
        "%(count)d chosen ticket is not there for you.",
        "%(count)d chosen tickets are not there for you.",
        count,
    )
    return words % {"count": count} if count else ""


JOB = JobKind(
    gettext_lazy("A change of many tickets"),
    run_job,
    result_of_job,
    {"result": gettext_lazy("Result")},
    gettext_lazy("See what became of each, or undo it"),
)
