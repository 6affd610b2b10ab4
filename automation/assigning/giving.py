"""Giving tickets out: a department at a time, under its plan's lock, in batches (rules.md 5.2)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from automation.assigning import words
from automation.assigning.asking import is_giving
from automation.assigning.logbook import Logbook, log_left, log_timeouts
from automation.assigning.pool import Pool, hold_pool, seat_members
from automation.assigning.wishes import Wishes
from automation.choosing import Choice, Method, Wish, can_take_any, choose, obstacle
from automation.models import RoutingPlan, WaitingTicket
from automation.notices import tell_given
from core import options
from tickets.actions.assigning import Award, assign_many
from tickets.actors import Actor

BATCH: Final = 50
MARK_LIMIT: Final = 500
RETRY_AFTER: Final = timedelta(seconds=60)
BUDGET_SECONDS: Final = 8.0

logger = logging.getLogger(__name__)
_PLAIN: Final = Wish(method=Method.LEAST_LOADED)
_RELATED: Final = (
    "ticket__status",
    "ticket__priority",
    "ticket__department",
    "ticket__service",
    "ticket__customer__organisation",
)


def sweep(now: datetime) -> int:
    """Try every department where tickets wait: new ones at once, others once a minute."""
    is_due = Q(tried_at=None) | Q(tried_at__lte=now - RETRY_AFTER)
    waiting = WaitingTicket.objects.filter(is_due).order_by("department_id")
    departments = waiting.values_list("department_id", flat=True).distinct()
    return sum(give_out_all(pk, now) for pk in list(departments))


def give_out_all(department_id: int, now: datetime) -> int:
    """Batch after batch until everything that waits was tried; returns how many were given.

    Whoever finds the department taken leaves: the one who has it looks again after its commit, so
    that a ticket which came meanwhile is seen by one of them.
    """
    done, end = 0, monotonic() + BUDGET_SECONDS
    while monotonic() < end:
        given, seen = give_batch(department_id, now, limit=BATCH)
        done += given
        if not seen:
            break
    return done


def give_out(department_id: int, now: datetime, limit: int = BATCH) -> int:
    """Give up to `limit` waiting tickets to agents, the most urgent first; returns how many.

    One transaction, and one at a time in a department. Tickets that somebody holds are left for
    later, so that whoever has a ticket may wait for a seat. A ticket that was assigned or resolved
    meanwhile only stops waiting.
    """
    return give_batch(department_id, now, limit=limit)[0]


@transaction.atomic
def give_batch(department_id: int, now: datetime, *, limit: int) -> tuple[int, int]:
    """`give_out`; returns how many were given and how many were looked at."""
    waiting = _waiting(department_id, now)
    if not waiting.exists():
        return 0, 0
    plan = _held_plan(department_id) or _first_plan(department_id)
    if plan is None:
        return 0, 0
    if not options.value("automation.assigns"):
        return _leave_all(plan, now, words.switched_off()), 0
    pool = hold_pool(plan, now=now)
    pool.greet_returned()
    if not can_take_any(pool.people.values()):
        pool.save()
        return _leave_all(plan, now, _why_nobody(pool)), 0
    rows = list(_held(waiting, *_RELATED)[:limit])
    given = _Round(pool, rows, now).give()
    return given, len(rows)


@dataclass
class _Round:
    """One batch: choose for every ticket, then write everything down at once."""

    pool: Pool
    rows: Sequence[WaitingTicket]
    now: datetime
    over: list[WaitingTicket] = field(default_factory=list)
    left: list[WaitingTicket] = field(default_factory=list)
    chosen: list[tuple[WaitingTicket, Wish, Choice]] = field(default_factory=list)

    def give(self) -> int:
        wishes = Wishes(self.pool.plan, self.rows, now=self.now)
        book = Logbook(self.pool, now=self.now)
        for row in self.rows:
            if row.ticket.assignee_id is not None or not row.ticket.is_open:
                self.over.append(row)
                continue
            wish = wishes.of(row)
            choice = choose(list(self.pool.people.values()), wish)
            if choice.user is None:
                self._leave(row, wish, choice, book)
            else:
                self.chosen.append((row, wish, choice))
                book.given(row, wish, choice)
                self.pool.take(choice)
        self._assign(book)
        self._save(book)
        return len(self.chosen)

    def _leave(self, row: WaitingTicket, wish: Wish, choice: Choice, book: Logbook) -> None:
        reason = words.by_hand() if wish.method is Method.MANUAL else book.reason(choice)
        if row.reason != reason:
            row.reason = reason
            book.left(row, wish, choice)
        self.left.append(row)

    def _assign(self, book: Logbook) -> None:
        awards = [_award(row, self.pool, choice) for row, _wish, choice in self.chosen]
        if not awards:
            return
        token = is_giving.set(True)
        try:
            with transaction.atomic():
                assign_many(awards, now=self.now)
                tell_given(awards, now=self.now)
        except Exception:
            # Whatever an app above or below raises about one ticket must not stop the queue.
            logger.exception("giving out a batch of department %s failed", self.pool.plan)
            self._assign_singly(awards, book)
        finally:
            is_giving.reset(token)

    def _assign_singly(self, awards: Sequence[Award], book: Logbook) -> None:
        """Find the ticket that cannot be given; the others get their agents."""
        failed: set[int] = set()
        for award in awards:
            award.ticket.refresh_from_db()
            try:
                with transaction.atomic():
                    assign_many([award], now=self.now)
                    tell_given([award], now=self.now)
            except Exception:
                logger.exception("ticket %s could not be given out", award.ticket.pk)
                failed.add(award.ticket.pk)
        book.strike(failed)
        self.left += [row for row, _wish, _choice in self.chosen if row.ticket_id in failed]
        self.chosen = [found for found in self.chosen if found[0].ticket_id not in failed]
        for row in self.left:
            if row.ticket_id in failed:
                row.reason = words.failed()

    def _save(self, book: Logbook) -> None:
        gone = [*self.over, *(row for row, _wish, _choice in self.chosen)]
        if gone:
            WaitingTicket.objects.filter(pk__in=[row.pk for row in gone]).delete()
        for row in self.left:
            row.tried_at = self.now
        if self.left:
            WaitingTicket.objects.bulk_update(self.left, ["reason", "tried_at"])
        self.pool.save()
        book.save()


@transaction.atomic
def note_timeouts(now: datetime) -> int:
    """Write down once which tickets waited longer than their department allows (R74)."""
    patience = F("department__routing_plan__queue_timeout") * timedelta(minutes=1)
    late = WaitingTicket.objects.filter(timed_out_at=None, since__lte=now - patience)
    rows = _held(late, "ticket")[:MARK_LIMIT]
    log_timeouts(list(rows), now=now)
    WaitingTicket.objects.filter(pk__in=[row.pk for row in rows]).update(timed_out_at=now)
    return len(rows)


def _waiting(department_id: int, now: datetime) -> QuerySet[WaitingTicket]:
    """What was not tried yet in this pass."""
    untried = Q(tried_at=None) | Q(tried_at__lt=now)
    return WaitingTicket.objects.filter(
        untried, department_id=department_id, ticket__department_id=department_id
    )


def _held_plan(department_id: int) -> RoutingPlan | None:
    """The plan, held until the end of the transaction; None when somebody else gives out.

    NO KEY, for a foreign key's look at the rows must not wait.
    """
    held = RoutingPlan.objects.select_for_update(
        of=("self", "department"), no_key=True, skip_locked=True
    )
    return held.select_related("department").filter(department_id=department_id).first()


def _held(rows: QuerySet[WaitingTicket], *related: str) -> QuerySet[WaitingTicket]:
    """Rows and their tickets in the order of the queue, without those that somebody holds."""
    held = rows.select_related(*related).select_for_update(of=("self", "ticket"), skip_locked=True)
    return held.order_by("ticket__priority_rank", "ticket__next_due_at", "ticket_id")


def _first_plan(department_id: int) -> RoutingPlan | None:
    """A department nobody has saved since it was founded gets its plan and seats now."""
    if RoutingPlan.objects.filter(department_id=department_id).exists():
        return None
    seat_members(department_id)
    return _held_plan(department_id)


def _leave_all(plan: RoutingPlan, now: datetime, reason: str) -> int:
    """Nobody can take anything: say so at every ticket that does not say it yet."""
    waiting = WaitingTicket.objects.filter(department_id=plan.department_id)
    rows = list(_held(waiting.exclude(reason=reason), "ticket")[:MARK_LIMIT])
    for row in rows:
        row.reason, row.tried_at = reason, now
    WaitingTicket.objects.bulk_update(rows, ["reason", "tried_at"])
    log_left(rows, plan, now=now)
    return 0


def _why_nobody(pool: Pool) -> str:
    verdicts = [verdict for person in pool.people.values() if (verdict := obstacle(person, _PLAIN))]
    return words.obstacle_words(verdicts, pool.people, {})


def _award(row: WaitingTicket, pool: Pool, choice: Choice) -> Award:
    if choice.user is None:
        raise ValueError("nobody was chosen")
    return Award(ticket=row.ticket, assignee=pool.user(choice.user), actor=_actor(row))


def _actor(row: WaitingTicket) -> Actor:
    """The rule that asked, else the product itself."""
    if not row.asked_by:
        return Actor.system(_("Assignment"))
    return Actor.of_rule(
        rule_id=row.asked_by["rule"],
        name=row.asked_by["name"],
        version_id=row.asked_by["version"],
    )
