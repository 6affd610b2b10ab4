"""Effects that failed are tried again five times, then shown as given up (rules.md 3)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction

from automation import effects
from automation.effects.registry import Case, Done, EffectFailed
from automation.engine import RuleSpec
from automation.models import EffectRun
from automation.versions import rules_of
from tickets.actions import Changes, change_ticket
from tickets.actions.record import lock_ticket
from tickets.actors import Actor
from tickets.models import Ticket

WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
BATCH: Final = 100

logger = logging.getLogger(__name__)


def due_after(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None when it is enough."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def retry_effects(now: datetime) -> int:
    """Try what is due, each in its own transaction; two sweeps at once skip each other's rows."""
    done = 0
    due = EffectRun.objects.filter(state=EffectRun.State.FAILED, due_at__lte=now)
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH]):
        done += _retried(pk, now)
    return done


@transaction.atomic
def _retried(pk: int, now: datetime) -> int:
    # The ticket before its effects, as everywhere.
    ticket_id = EffectRun.objects.values_list("run__ticket", flat=True).get(pk=pk)
    held = Ticket.objects.alive().filter(pk=ticket_id).select_for_update(skip_locked=True)
    ticket = held.first()
    rows = EffectRun.objects.select_related("run").select_for_update(of=("self",), skip_locked=True)
    row = rows.filter(pk=pk, state=EffectRun.State.FAILED).first()
    if row is None or (ticket is None and ticket_id is not None):
        return 0
    row.attempts += 1
    try:
        with transaction.atomic():
            done = _done_again(row, lock_ticket(ticket) if ticket else None, now)
    except (EffectFailed, ValidationError) as failure:
        _give_way(row, str(failure), now)
    except Exception as failure:
        # Whatever an effect does wrong, the other rows are to be tried, too.
        logger.exception("effect run %s failed again", pk)
        _give_way(row, repr(failure), now)
    else:
        row.state, row.note, row.due_at, row.last_error = done.state, done.note[:300], None, ""
    row.save()
    return 1


def _done_again(row: EffectRun, ticket: Ticket | None, now: datetime) -> Done:
    rule = rules_of(row.run.version_id).rule(row.rule_id)
    spec = dict(effects.registry).get(row.effect["effect"])
    if ticket is None or rule is None or spec is None:
        return Done(EffectRun.State.GIVEN_UP, "The rule is gone.")
    case = _case(row, ticket, rule, now)
    if spec.act is not None:
        return spec.act(case, row.effect)
    changes = spec.changes(case, row.effect) if spec.changes else {}
    change_ticket(ticket, changes=Changes(**changes), actor=case.actor, now=now)
    return Done()


def _case(row: EffectRun, ticket: Ticket, rule: RuleSpec, now: datetime) -> Case:
    actor = Actor.of_rule(rule_id=rule.id, name=rule.name, version_id=row.run.version_id)
    return Case(
        ticket=ticket,
        rule=rule,
        key=row.key,
        now=now,
        actor=actor,
        trigger=row.run.trigger,
        facts=row.run.facts,
    )


def _give_way(row: EffectRun, error: str, now: datetime) -> None:
    row.last_error, row.note = error, error[:300]
    row.due_at = due_after(row.attempts, now=now)
    if row.due_at is None:
        row.state = EffectRun.State.GIVEN_UP
