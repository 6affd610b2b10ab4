"""What a run over past tickets found, in words and numbers for its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Department, User
from automation.dry_run.drafts import OPENING_KINDS
from automation.dry_run.past import COMPARED
from core.models import Job
from tickets.models import Priority, Service, Ticket

Stored = Mapping[str, Any]


@dataclass(frozen=True)
class PastRun:
    """One run in the list of the page."""

    url: str
    words: str
    job: Job


@dataclass(frozen=True)
class Change:
    """One field of one ticket: what it became, and what it would."""

    label: str
    was: str
    would: str


@dataclass(frozen=True)
class DifferingTicket:
    """A ticket the tried rules would have sent elsewhere."""

    number: int
    subject: str
    url: str
    changes: list[Change]
    rules: str


@dataclass(frozen=True)
class PastPage:
    """Everything the page shows of a finished run."""

    tickets: int
    differing: int
    tiles: list[tuple[str, str]]
    matches: list[tuple[str, int]]
    unmatched: int
    failed: list[tuple[str, int]]
    differences: list[DifferingTicket]


def run_of(job: Job) -> PastRun:
    """A job in words."""
    return PastRun(reverse("rules_test_run", args=[job.pk]), run_words(job), job)


def run_words(job: Job) -> str:
    """On how many tickets, and with how many rules."""
    count = job.arguments["tickets"]
    specs = job.arguments["draft"]["specs"].values()
    rules = sum(row["is_enabled"] for spec in specs for row in spec["rules"])
    tickets = ngettext("The last %(count)s ticket", "The last %(count)s tickets", count)
    tried = ngettext("%(count)s rule", "%(count)s rules", rules)
    return f"{tickets % {'count': number_format(count)}} · {tried % {'count': rules}}"


def past_page(job: Job, *, reader: User) -> PastPage:
    """The outcome of a finished job; tickets are named only to who may see them."""
    found = job.outcome
    names = _rule_names(job.arguments["draft"]["specs"])
    matches = sorted(found["matches"].items(), key=lambda pair: -pair[1])
    return PastPage(
        tickets=found["tickets"],
        differing=found["differing"],
        tiles=_tiles(found),
        matches=[(names.get(pk, _("(deleted)")), count) for pk, count in matches],
        unmatched=found["unmatched"],
        failed=list(found["failed"].items()),
        differences=_differences(found["differences"], reader),
    )


def _tiles(found: Stored) -> list[tuple[str, str]]:
    labels = _labels()
    return [
        (_("Tickets that would go elsewhere"), number_format(found["differing"])),
        *((labels[name], number_format(found["fields"].get(name, 0))) for name in COMPARED),
    ]


def _differences(rows: Iterable[Stored], reader: User) -> list[DifferingTicket]:
    rows = list(rows)
    numbers = [row["number"] for row in rows]
    visible = {
        ticket.number: ticket
        for ticket in Ticket.objects.visible_to(reader).filter(number__in=numbers)
    }
    words, labels = _words(), _labels()
    return [
        DifferingTicket(
            number=row["number"],
            subject=visible[row["number"]].subject,
            url=reverse("desk:ticket", args=[row["number"]]),
            changes=[
                Change(labels[name], words[name](row["was"][name]), words[name](row["would"][name]))
                for name in COMPARED
                if row["was"][name] != row["would"][name]
            ],
            rules=", ".join(row["rules"]),
        )
        for row in rows
        if row["number"] in visible
    ]


def _labels() -> dict[str, str]:
    return {"department": _("Department"), "priority": _("Priority"), "service": _("Service")}


def _words() -> dict[str, Any]:
    """How each field is said, by the key of its row."""
    models = {"department": Department, "priority": Priority, "service": Service}
    names = {
        name: {row.pk: str(row) for row in model._default_manager.all()}
        for name, model in models.items()
    }
    return {
        name: lambda pk, known=known: known.get(pk, _("(deleted)")) if pk else _("none")
        for name, known in names.items()
    }


def _rule_names(specs: Mapping[str, Stored]) -> dict[str, str]:
    return {
        str(row["id"]): row["name"]
        for kind in OPENING_KINDS
        for row in specs.get(kind, {}).get("rules", [])
    }
