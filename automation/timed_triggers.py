"""Triggers that wait for a time since a fact: no customer's answer for 4 hours, and the like.

They are no clocks and nobody arms them: a sweep asks the tickets themselves (`automation.timed`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Exists, F, Max, OuterRef, Q, Subquery, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from automation.arguments import Argument
from automation.models import RuleKind
from automation.triggers import TriggerSpec, register
from calendars.engine import Calendar
from sla.models import Metric
from tickets import vocabulary
from tickets.models import NO_DEADLINE, Appointment, Event
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

Args = Mapping[str, Any]
Scope = Callable[[TicketQuerySet, Args, datetime], TicketQuerySet]

KINDS: Final = frozenset([RuleKind.ESCALATION.value, RuleKind.TIMED.value])
DAYS, BUSINESS = "days", "business"
_SECONDS: Final = {"minutes": 60, "hours": 3600, DAYS: 86_400}
# What is closed by inactivity unless a rule names statuses itself (rules.md 10).
_QUIET_KINDS: Final = (Kind.WAITING_CUSTOMER, Kind.RESOLVED)
_LIVING_KINDS: Final = tuple(kind for kind in Kind.values if kind != Kind.CLOSED)


@dataclass(frozen=True)
class TimedTrigger:
    """Which tickets a trigger is about: `scope` narrows by an index, `anchor` is the exact moment.

    `is_net` says that time in which the resolution rests does not count.
    """

    scope: Scope
    anchor: Combinable
    is_net: bool = False


@dataclass(frozen=True)
class Span:
    """A duration as a rule says it; `hours` is "business" when only open hours count."""

    amount: int
    unit: str
    hours: str

    @classmethod
    def of(cls, args: Args) -> Span:
        return cls(args["amount"], args["unit"], args.get("hours", "any"))

    @property
    def is_business(self) -> bool:
        return self.hours == BUSINESS

    @property
    def seconds(self) -> int:
        return self.amount * _SECONDS[self.unit]

    def before(self, now: datetime, calendar: Calendar | None) -> datetime:
        """What began until then has lasted long enough; NeverOpen when nothing ever has."""
        if calendar is None or not self.is_business:
            return now - timedelta(seconds=self.seconds)
        if self.unit == DAYS:
            return calendar.subtract_days(now, self.amount)
        return calendar.subtract(now, self.seconds)


AMOUNT: Final = Argument(name="amount", label=_("How long"), kind="number", default=4)
UNIT: Final = Argument(
    name="unit",
    label=_("Unit"),
    kind="choice",
    choices=lambda: [("minutes", _("minutes")), ("hours", _("hours")), (DAYS, _("days"))],
    default="hours",
)
HOURS: Final = Argument(
    name="hours",
    label=_("Counted in"),
    kind="choice",
    choices=lambda: [("any", _("all hours")), (BUSINESS, _("business hours"))],
    default="any",
)
EVERY: Final = Argument(
    name="repeat_every",
    label=_("Repeat after minutes"),
    kind="minutes",
    is_required=False,
    help=_("Empty: once. Ends when somebody acknowledges the escalation."),
)
TIMES: Final = Argument(
    name="repeat_max",
    label=_("Repeat at most"),
    kind="number",
    is_required=False,
    help=_("So many times after the first; 4 when empty, 20 at most."),
)
ON_SHIFT: Final = Argument(
    name="on_shift",
    label=_("Repeat only in the assignee's working hours"),
    kind="yes_no",
    is_required=False,
)
_DURATION: Final = (AMOUNT, UNIT, HOURS)
_REPEAT: Final = (EVERY, TIMES, ON_SHIFT)
_STATUS: Final = Argument(
    name="status",
    label=_("Status"),
    kind="choice",
    choices=lambda: [
        (row.pk, str(row)) for row in vocabulary.statuses() if row.kind not in RESOLVED_KINDS
    ],
)
_STATUSES: Final = Argument(
    name="statuses",
    label=_("Statuses"),
    kind="choices",
    choices=lambda: [(row.pk, str(row)) for row in vocabulary.statuses() if not row.is_final],
    is_required=False,
    help=_("Empty: those that wait for the customer, and resolved ones."),
)
_METRIC: Final = Argument(
    name="metric",
    label=_("Deadline"),
    kind="choice",
    choices=lambda: list(Metric.choices),
    is_required=False,
    help=_("Empty: any deadline."),
)


def _waiting(tickets: TicketQuerySet, _args: Args, cutoff: datetime) -> TicketQuerySet:
    return tickets.open().filter(waiting_since__lte=cutoff)


def _unanswered(tickets: TicketQuerySet, _args: Args, cutoff: datetime) -> TicketQuerySet:
    """The customer waits, or nobody has ever answered."""
    never = Q(waiting_since=None, last_staff_at=None, created_at__lte=cutoff)
    return tickets.open().filter(Q(waiting_since__lte=cutoff) | never)


def _unresolved(tickets: TicketQuerySet, _args: Args, cutoff: datetime) -> TicketQuerySet:
    return tickets.open().filter(created_at__lte=cutoff)


def _unassigned(tickets: TicketQuerySet, _args: Args, cutoff: datetime) -> TicketQuerySet:
    return tickets.open().filter(unassigned_since__lte=cutoff)


def _stuck(tickets: TicketQuerySet, args: Args, cutoff: datetime) -> TicketQuerySet:
    return tickets.open().filter(status=args["status"], status_since__lte=cutoff)


def _overdue(tickets: TicketQuerySet, args: Args, cutoff: datetime) -> TicketQuerySet:
    late = tickets.open().filter(sla_due_at__lte=cutoff)
    return late.filter(sla_metric=args["metric"]) if args.get("metric") else late


def _inactive(tickets: TicketQuerySet, args: Args, cutoff: datetime) -> TicketQuerySet:
    """Resolved ones too; a promise or an appointment to come keeps the ticket (rules.md 10)."""
    kinds = _LIVING_KINDS if args.get("statuses") else _QUIET_KINDS
    met = Appointment.objects.exclude(state=Appointment.State.CANCELLED)
    quiet = tickets.alive().filter(
        ~Q(status_kind=Kind.CLOSED),
        ~Exists(met.filter(ticket=OuterRef("pk"), ends_at__gt=cutoff)),
        status_kind__in=kinds,
        last_human_at__lte=cutoff,
        promised_at=NO_DEADLINE,
        is_spam=False,
        merged_into=None,
    )
    return quiet.filter(status__in=args["statuses"]) if args.get("statuses") else quiet


def _began() -> Combinable:
    """When the ticket was opened, or opened again: only those have an older history to read."""
    again = Event.objects.filter(ticket=OuterRef("pk"), kind=Event.Kind.REOPENED).order_by()
    latest = Subquery(again.values("ticket").annotate(at=Max("at")).values("at"))
    return Case(
        When(reopened_count=0, then=F("created_at")), default=Coalesce(latest, F("created_at"))
    )


TIMED: Final[dict[str, TimedTrigger]] = {}


def _timed(
    key: str,
    trigger: TimedTrigger,
    *,
    label: Any,
    sentence: Any,
    arguments: tuple[Argument, ...] = (),
) -> None:
    TIMED[key] = trigger
    register(
        TriggerSpec(
            key=key,
            label=label,
            kinds=KINDS,
            tell=lambda args: str(sentence) % _words(arguments, args),
            arguments=(*arguments, *_DURATION, *_REPEAT),
        )
    )


def _words(arguments: tuple[Argument, ...], args: Args) -> dict[str, str]:
    own = {argument.name: argument.words(args.get(argument.name)) for argument in arguments}
    return {**own, "span": span_words(args)}


def span_words(args: Args) -> str:
    """A rule's duration: "4 hours", "3 days (business hours)"."""
    words = f"{args.get('amount', '')} {UNIT.words(args.get('unit'))}"
    return f"{words} ({HOURS.words(BUSINESS)})" if args.get("hours") == BUSINESS else words


_timed(
    "idle_after_customer_reply",
    TimedTrigger(_waiting, F("waiting_since")),
    label=_("The customer waits for an answer"),
    sentence=_("When the customer has waited %(span)s for an answer"),
)
_timed(
    "unanswered_for",
    TimedTrigger(_unanswered, Coalesce(F("waiting_since"), F("created_at"))),
    label=_("No staff reply"),
    sentence=_("When there has been no staff reply for %(span)s"),
)
_timed(
    "unresolved_after",
    TimedTrigger(_unresolved, _began(), is_net=True),
    label=_("A ticket is not resolved"),
    sentence=_("When a ticket is not resolved after %(span)s"),
)
_timed(
    "unassigned_for",
    TimedTrigger(_unassigned, F("unassigned_since")),
    label=_("Nobody is assigned"),
    sentence=_("When nobody has been assigned for %(span)s"),
)
_timed(
    "status_stuck",
    TimedTrigger(_stuck, F("status_since")),
    label=_("The status stays the same"),
    sentence=_("When the status has been %(status)s for %(span)s"),
    arguments=(_STATUS,),
)
_timed(
    "overdue_for",
    TimedTrigger(_overdue, F("sla_due_at")),
    label=_("A deadline stays missed"),
    sentence=_("When a deadline has been missed for %(span)s"),
    arguments=(_METRIC,),
)
_timed(
    "inactive_for",
    TimedTrigger(_inactive, F("last_human_at")),
    label=_("Nobody writes"),
    sentence=_("When nobody has written for %(span)s"),
    arguments=(_STATUSES,),
)
