"""The sweep of timed rules: tickets whose fact is old enough are found, locked, and acted on once.

Writing a ticket costs nothing, and an edited rule is right at once: nothing is armed beforehand.
The row of `TimedFiring` is written in the transaction of the effects, so that a killed worker
leaves neither, and a second sweep finds both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.people import is_on_shift
from automation import auto_closing, net_time
from automation.engine import RuleSet, RuleSpec
from automation.metrics import loops_stopped
from automation.models import Escalation, Rule, RuleRun, TimedFiring
from automation.running import Occasion, run_rules
from automation.timed_calendars import calendars_of
from automation.timed_triggers import DAYS, KINDS, TIMED, Span, TimedTrigger
from automation.versions import rules_in_force
from calendars.engine import ALWAYS, Calendar, NeverOpen
from core.conditions import NotQueryable, Tree, in_force, matches, query
from tickets.actors import Actor
from tickets.conditions import ticket_facts
from tickets.models import Event, Ticket

BATCH: Final = 100
# When a rule that does not fit looks at the ticket again; an edited rule looks at once.
RECHECK: Final = timedelta(minutes=10)
MAX_REPEATS: Final = 20
# Rules that renew each other's facts go round once per sweep: so often a day, then no more.
MAX_A_DAY: Final = 50
CLOCK: Final = Actor.system("Clock")

logger = logging.getLogger(__name__)
_trees: WeakKeyDictionary[RuleSet, dict[int, Tree]] = WeakKeyDictionary()


@dataclass(frozen=True)
class TimedRule:
    """One timed rule as the version in force has it, at one moment.

    `part` are the tickets whose time it counts in `calendar`.
    """

    rule: RuleSpec
    rules: RuleSet
    now: datetime
    calendar: Calendar = ALWAYS
    part: Q = field(default_factory=Q)

    @property
    def trigger(self) -> TimedTrigger:
        return TIMED[self.rule.trigger]

    @property
    def span(self) -> Span:
        return Span.of(self.rule.trigger_args)

    @property
    def tree(self) -> Tree:
        """The conditions, or nothing at all when they name what is gone; judged once a version."""
        known = _trees.setdefault(self.rules, {})
        if self.rule.id not in known:
            known[self.rule.id] = in_force(self.rule.conditions)
        return known[self.rule.id]

    def cutoff(self) -> datetime:
        """What began until then is due: with a warning before, so much earlier."""
        ahead = timedelta(days=auto_closing.warn_days(self.rule.effects))
        return self.span.before(self.now + ahead, self.calendar)

    def due(self) -> QuerySet[Ticket, tuple[int, datetime]]:
        """(ticket, its fact) this rule has not yet acted on, the oldest fact first."""
        cutoff = self.cutoff()
        tickets = self.trigger.scope(Ticket.objects.awake(), self.rule.trigger_args, cutoff)
        tickets = tickets.annotate(since=self.trigger.anchor).filter(since__lte=cutoff)
        waits = Q(count__gt=0) | Q(version=self.rules.version_id)
        settled = TimedFiring.objects.filter(
            Q(not_before=None) | Q(not_before__gt=self.now) & waits,
            rule=self.rule.id,
            ticket=OuterRef("pk"),
            anchor__gte=OuterRef("since"),
        )
        asked, _is_whole = cheap_part(self.tree, self.now)
        due = tickets.filter(self.part, asked, ~Exists(settled)).order_by("since", "pk")
        return due.values_list("pk", "since")


def fire_due(now: datetime) -> int:
    """Run every timed rule on the tickets it is due for; returns how many were acted on."""
    done = 0
    for one in timed_rules(now):
        try:
            due = list(one.due()[:BATCH])
        except NeverOpen:
            continue
        done += sum(_fired(one, pk) for pk, _since in due)
    return done


def timed_rules(now: datetime) -> Iterator[TimedRule]:
    """The enabled rules that wait for a time, once for each calendar they count in."""
    for kind in sorted(KINDS):
        rules = rules_in_force(kind)
        for rule in rules.rules if rules else ():
            if rules and rule.is_enabled and rule.trigger in TIMED:
                for part, calendar in calendars_of(rule):
                    yield TimedRule(rule, rules, now, calendar, part)


def cheap_part(tree: Tree, now: datetime) -> tuple[Q, bool]:
    """What the database can ask of the conditions, and whether that is all of them."""
    try:
        return query(tree, now=now), True
    except NotQueryable:
        members = tree.get("all", ()) if isinstance(tree, dict) else ()
    asked = Q()
    for member in members:
        asked &= cheap_part(member, now)[0]
    return asked, False


def _fired(one: TimedRule, pk: int) -> int:
    try:
        return _fire(one, pk)
    except OperationalError:
        # The database was in the way, not the ticket: the next sweep tries again at once.
        logger.exception("timed rule %s met the database on ticket %s", one.rule.id, pk)
        return 0
    except Exception:
        # One ticket's fault must not keep the rule from the others (rules.md 3).
        logger.exception("timed rule %s failed on ticket %s", one.rule.id, pk)
        _look_later(one, pk)
        return 0


@transaction.atomic
def _fire(one: TimedRule, pk: int) -> int:
    """Claim the ticket, look again, and act: all or nothing, exactly once."""
    held = Ticket.objects.select_for_update(of=("self",), skip_locked=True)
    ticket = held.select_related(*_NEEDED).filter(pk=pk).first()
    if ticket is None or not Rule.objects.active().filter(pk=one.rule.id).exists():
        return 0
    # Asked anew under the lock: an answer, or another worker, may have come first.
    due = one.due().filter(pk=pk).first()
    if due is None:
        return 0
    firing = _firing(one, ticket, due[1])
    later = _not_yet(one, firing)
    if later is not None:
        _postpone(one, firing, later)
        return 0
    return _run(one, firing)


_NEEDED: Final = ("status", "priority", "department", "customer", "service", "assignee")


def _firing(one: TimedRule, ticket: Ticket, anchor: datetime) -> TimedFiring:
    """The row of this rule and ticket, begun anew when the fact is a new one."""
    row = TimedFiring.objects.filter(rule=one.rule.id, ticket=ticket).first()
    if row is None:
        row = TimedFiring(rule_id=one.rule.id, anchor=anchor)
    if row.anchor != anchor:
        row.anchor, row.count, row.last_at, row.warning = anchor, 0, None, None
    row.ticket, row.version = ticket, one.rules.version_id
    return row


def _not_yet(one: TimedRule, firing: TimedFiring) -> datetime | None:
    """When to look again at what is not due after all."""
    ticket = firing.ticket
    if one.trigger.is_net and (later := _net_rest(one, firing)) is not None:
        return later
    if not cheap_part(one.tree, one.now)[1]:
        facts = ticket_facts(ticket, now=one.now)
        if not matches(one.tree, facts):
            return one.now + RECHECK
    if auto_closing.is_closing(one.rule.effects):
        return _closing_waits(one, firing)
    return _repeat_waits(one, ticket) if firing.count else None


def _closing_waits(one: TimedRule, firing: TimedFiring) -> datetime | None:
    """A closing without a warning comes no sooner than one with it."""
    stage = auto_closing.stage_of(one.rule.effects, firing)
    is_early = one.span.before(one.now, one.calendar) < firing.anchor
    if stage == auto_closing.CLOSE and firing.warning is None and is_early:
        return one.now + auto_closing.LOOK_AGAIN
    return auto_closing.waits_until(one.rule.effects, firing, now=one.now)


def _repeat_waits(one: TimedRule, ticket: Ticket) -> datetime | None:
    """Acknowledged means heard; a rule may spare people who are not at work."""
    heard = Escalation.objects.open().acknowledged().filter(ticket=ticket, level=one.rule.level)
    if one.rule.level and heard.exists():
        return one.now + RECHECK
    sleeps = one.rule.trigger_args.get("on_shift") and ticket.assignee is not None
    if sleeps and ticket.assignee and not is_on_shift(ticket.assignee, one.now):
        return one.now + RECHECK
    return None


def _net_rest(one: TimedRule, firing: TimedFiring) -> datetime | None:
    """When the time that counts will be full; None when it is."""
    rows = Event.objects.filter(ticket=firing.ticket, data__changes__has_key="status")
    changes = [
        (at, data["changes"]["status"])
        for at, data in rows.order_by("pk").values_list("at", "data")
    ]
    status = firing.ticket.status
    stays = net_time.stays_of(
        changes,
        since=firing.anchor,
        now_in={"kind": status.kind, "pauses": list(status.pauses_sla)},
    )
    return _full_at(one, stays)


def _full_at(one: TimedRule, stays: list[net_time.Stay]) -> datetime | None:
    span, now = one.span, one.now
    if span.is_business and span.unit == DAYS:
        gross = (now - stays[0].since).total_seconds()
        rested = gross - net_time.net_seconds(stays, until=now, calendar=ALWAYS)
        is_full = span.before(now - timedelta(seconds=rested), one.calendar) >= stays[0].since
        return None if is_full else now + RECHECK
    rest = span.seconds - net_time.net_seconds(stays, until=now, calendar=one.calendar)
    if rest <= 0:
        return None
    return one.calendar.add(now, rest) if stays[-1].counts else now + RECHECK


def _run(one: TimedRule, firing: TimedFiring) -> int:
    """Write the firing, then run the rule: both are kept, or neither."""
    if _goes_round(one, firing):
        _postpone(one, firing, one.now + timedelta(days=1))
        return 0
    number, stage = firing.count, auto_closing.stage_of(one.rule.effects, firing)
    firing.count, firing.last_at = number + 1, one.now
    firing.not_before = auto_closing.next_stage_at(
        one.rule.effects, stage, now=one.now
    ) or _repeated_at(one, firing)
    firing.save()
    run = run_rules(
        one.rule.kind,
        Occasion(
            ticket=firing.ticket,
            trigger=one.rule.trigger,
            now=one.now,
            actor=CLOCK,
            only=one.rule.id,
            args={"stage": stage} if stage else {},
            effects=auto_closing.effects_of(stage),
            key=f"timed:{firing.pk}:{int(firing.anchor.timestamp())}:{number}",
        ),
    )
    if run is None or run.outcome != RuleRun.Outcome.APPLIED:
        firing.count = number
        _postpone(one, firing, one.now + RECHECK)
        return 0
    return 1


def _repeated_at(one: TimedRule, firing: TimedFiring) -> datetime | None:
    args = one.rule.trigger_args
    most = min(args.get("repeat_max", 4), MAX_REPEATS)
    if not args.get("repeat_every") or firing.count > most:
        return None
    return one.now + timedelta(minutes=args["repeat_every"])


def _goes_round(one: TimedRule, firing: TimedFiring) -> bool:
    """Whether rules keep renewing the fact they wait for; noted where loops are looked for."""
    runs = RuleRun.objects.filter(
        ticket=firing.ticket,
        at__gt=one.now - timedelta(days=1),
        matched__contains=[one.rule.id],
    )
    if runs.count() < MAX_A_DAY:
        return False
    loops_stopped.inc()
    RuleRun.objects.create(
        ticket=firing.ticket,
        version_id=one.rules.version_id,
        kind=one.rule.kind,
        trigger=one.rule.trigger,
        at=one.now,
        outcome=RuleRun.Outcome.LOOP_GUARD,
        notes=[one.rule.name],
        actor_name=CLOCK.name,
    )
    return True


def _postpone(one: TimedRule, firing: TimedFiring, until: datetime) -> None:
    firing.not_before = until
    firing.save()


@transaction.atomic
def _look_later(one: TimedRule, pk: int) -> None:
    """What cannot be acted on rests for a while, so that it does not stand before the others."""
    facts = {"not_before": one.now + RECHECK, "version": one.rules.version_id}
    TimedFiring.objects.update_or_create(
        rule_id=one.rule.id,
        ticket_id=pk,
        defaults=facts,
        create_defaults={**facts, "anchor": one.now},
    )
