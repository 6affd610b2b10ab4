"""First steps of a new installation; each looks for itself whether it was taken (R178)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.models.role import Permission
from automation.models import OnCallSchedule, Rule, RuleKind
from automation.models.contacts import Contact
from automation.models.milestones import Milestone, MilestoneSet
from calendars.models import BusinessCalendar
from core import options
from core.models import Job
from desk.options import CHECKLIST
from mailpipe.models import InboundMail, OutgoingMail
from sla.models import SlaPolicy
from tickets.models import Ticket

KEPT_FOR_SECONDS = 20
_KEY: Final = "desk:checklist"


@dataclass(frozen=True)
class Step:
    """Something to set up or try; `is_done` asks the rows, never a box that somebody ticked."""

    title: Any
    why: Any
    url_name: str
    is_done: Callable[[], bool]


@dataclass(frozen=True)
class StepLine:
    """A step as the page shows it."""

    title: str
    why: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class Checklist:
    """All steps with how far it is."""

    lines: list[StepLine]
    done: int

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


def _has_name() -> bool:
    return bool(options.value("accounts.company_name") != "Helpdesk")


def _departments_have_addresses() -> bool:
    counts = Department.objects.annotate(addresses_count=Count("addresses"))
    return counts.exists() and not counts.filter(addresses_count=0).exists()


def _has_rules(kind: str) -> Callable[[], bool]:
    return lambda: Rule.objects.filter(kind=kind, is_enabled=True, archived_at=None).exists()


STEPS: Final[tuple[Step, ...]] = (
    Step(
        _("Name the company"),
        _("It stands on every page your customers see."),
        "company",
        _has_name,
    ),
    Step(
        _("Give every department a mail address"),
        _("Mail to it becomes a ticket of the department."),
        "departments",
        _departments_have_addresses,
    ),
    Step(
        _("Receive a first mail"),
        _("Forward one to the mail pipe: it shows that the way in works."),
        "mailpipe:ledger",
        InboundMail.objects.exists,
    ),
    Step(
        _("Send a first mail"),
        _("Answer a ticket and see in the outbox that it left."),
        "mailpipe:outbox",
        lambda: OutgoingMail.objects.filter(state=OutgoingMail.State.SENT).exists(),
    ),
    Step(
        _("Invite a colleague"),
        _("Tickets can only be shared out among people who are there."),
        "accounts:staff",
        lambda: User.objects.staff().count() > 1,
    ),
    Step(
        _("Set your opening hours"),
        _("Deadlines count these hours and no others."),
        "calendars",
        BusinessCalendar.objects.exists,
    ),
    Step(
        _("Set deadlines"),
        _("A policy says how soon customers are answered."),
        "sla_policies",
        lambda: SlaPolicy.objects.filter(archived_at=None).exists(),
    ),
    Step(
        _("Route tickets by rules"),
        _("The right department and agent get them without anybody sorting."),
        "assignment_rules",
        _has_rules(RuleKind.ROUTING),
    ),
    Step(
        _("Test the rules on past tickets"),
        _("A dry run shows what they would have done, and changes nothing."),
        "rules_test",
        lambda: Job.objects.filter(kind="automation.dry_run", state=Job.State.DONE).exists(),
    ),
    Step(
        _("Set escalations"),
        _("What nobody answers reaches somebody who does."),
        "escalations",
        _has_rules(RuleKind.ESCALATION),
    ),
    Step(
        _("Write down escalation contacts"),
        _("Whom to reach for what, at which hour."),
        "contacts",
        lambda: Contact.objects.filter(archived_at=None).exists(),
    ),
    Step(
        _("Plan who is on call"),
        _("Emergencies outside the hours reach a person."),
        "on_call_schedules",
        lambda: OnCallSchedule.objects.filter(archived_at=None).exists(),
    ),
    Step(
        _("Prepare the steps of an emergency"),
        _("Milestones say what must happen by when."),
        "milestone_sets",
        lambda: MilestoneSet.objects.filter(archived_at=None).exists(),
    ),
    Step(
        _("Try an emergency"),
        _("Mark a ticket as an emergency once before there is one."),
        "desk:queue",
        Milestone.objects.exists,
    ),
    Step(
        _("Resolve a first ticket"),
        _("From the mail to the answer: the whole way once."),
        "desk:queue",
        lambda: Ticket.objects.exclude(resolved_at=None).exists(),
    ),
)


def is_offered(user: User) -> bool:
    """Whether `user` may set things up and nobody has put the list away."""
    return user.may(Permission.SETTINGS_CHANGE) and bool(options.value(CHECKLIST.key))


def checklist() -> Checklist:
    """Every step as it stands, a few seconds old at most."""
    done = cache.get(_KEY)
    if done is None:
        done = [step.is_done() for step in STEPS]
        cache.set(_KEY, done, KEPT_FOR_SECONDS)
    lines = [
        StepLine(str(step.title), str(step.why), _url(step.url_name), is_done)
        for step, is_done in zip(STEPS, done, strict=True)
    ]
    return Checklist(lines, sum(done))


def _url(name: str) -> str:
    """Where the step is taken; empty where this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
