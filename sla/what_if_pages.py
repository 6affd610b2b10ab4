"""What a what-if found, in words and numbers for its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from accounts.models import User
from core.models import Job
from sla.durations import metric_name, spent_text
from sla.models import SlaPolicy
from sla.rules import METRICS
from tickets.models import Priority, Ticket

Stored = Mapping[str, Any]

KINDS = {
    "policy": _l("Policy “%(name)s” as it was typed"),
    "calendar": _l("Calendar “%(name)s” as it was typed"),
    "default_calendar": _l("“%(name)s” as the default calendar"),
    "preset": _l("Preset “%(name)s”"),
}
REASONS = {
    "gone": _l("Spam, merged into another ticket, or deleted"),
    "no history": _l("Nothing is known about how they began"),
    "never due": _l("A calendar never opens long enough"),
    "unreadable": _l("Their history could not be followed"),
}


@dataclass(frozen=True)
class Tile:
    """One number, and what it was."""

    label: str
    value: str
    foot: str
    is_good: bool = False
    is_bad: bool = False


@dataclass(frozen=True)
class Row:
    """One metric of one priority: kept now, kept then, and the difference in points."""

    metric: str
    priority: str
    now: str
    now_of: str
    then: str
    then_of: str
    change: str
    is_good: bool
    is_bad: bool


@dataclass(frozen=True)
class FlippedClock:
    """A deadline that was kept on one side and missed on the other."""

    number: int
    subject: str
    url: str
    metric: str
    priority: str
    now: str
    then: str
    is_added: bool


@dataclass(frozen=True)
class Report:
    """Everything the page shows of a finished run."""

    tickets: int
    tiles: list[Tile]
    rows: list[Row]
    flipped: list[FlippedClock]
    flipped_of: int
    skipped: list[tuple[str, int]]
    by_hand: list[tuple[int, str]]
    by_hand_of: int


@dataclass(frozen=True)
class Run:
    """One what-if in the list of the page."""

    url: str
    words: str
    job: Job


def run_of(job: Job) -> Run:
    """A job in words."""
    return Run(reverse("sla_what_if_run", args=[job.pk]), draft_words(job), job)


def draft_words(job: Job) -> str:
    """What was tried, and on which tickets."""
    draft, days = job.arguments["draft"], job.arguments["days"]
    period = ngettext("Tickets of the last %(days)d day", "Tickets of the last %(days)d days", days)
    what = str(KINDS[draft["kind"]]) % {"name": draft["name"]}
    return f"{what} · {period % {'days': days}}"


def report_of(job: Job, *, user: User) -> Report:
    """The outcome of a finished job; tickets are named only to who may see them."""
    found = job.outcome
    flips = found["flipped"]
    named = _tickets([*(row["ticket"] for row in flips), *found["by_hand"]["tickets"]], user)
    policies = _policy_names(job, flips)
    priorities = {row.pk: row for row in Priority.objects.all()}
    return Report(
        tickets=found["tickets"],
        tiles=_tiles(found),
        rows=_rows(found["cells"], priorities),
        flipped=[
            _flipped(row, named[row["ticket"]], policies, priorities)
            for row in flips
            if row["ticket"] in named
        ],
        flipped_of=found["added"] + found["removed"],
        skipped=[(str(REASONS.get(key, key)), n) for key, n in found["skipped"].items()],
        by_hand=[
            (named[pk].number, _url(named[pk])) for pk in found["by_hand"]["tickets"] if pk in named
        ],
        by_hand_of=found["by_hand"]["count"],
    )


def _tiles(found: Stored) -> list[Tile]:
    sides = {name: _sum(row[name] for row in found["cells"]) for name in ("now", "then")}
    now, then = _share(sides["now"]), _share(sides["then"])
    late = found["late"]
    hours = {name: spent_text(row["sum"] * 60) for name, row in late.items()}
    return [
        Tile(
            label=_("Deadlines kept"),
            value=_percent(then),
            foot=_("%(share)s as it was") % {"share": _percent(now)},
            is_good=_points(now, then) > 0,
            is_bad=_points(now, then) < 0,
        ),
        Tile(_("Missed in addition"), number_format(found["added"]), "", is_bad=found["added"] > 0),
        Tile(_("No longer missed"), number_format(found["removed"]), "", found["removed"] > 0),
        Tile(
            label=_("Late in all"),
            value=hours["then"],
            foot=_("%(hours)s as it was") % {"hours": hours["now"]},
            is_good=late["then"]["sum"] < late["now"]["sum"],
            is_bad=late["then"]["sum"] > late["now"]["sum"],
        ),
        Tile(
            label=_("Half of the late ones by at most"),
            value=spent_text(late["then"]["p50"] * 60),
            foot=_("%(hours)s as it was") % {"hours": spent_text(late["now"]["p50"] * 60)},
        ),
        Tile(
            label=_("Nine of ten late ones by at most"),
            value=spent_text(late["then"]["p90"] * 60),
            foot=_("%(hours)s as it was") % {"hours": spent_text(late["now"]["p90"] * 60)},
        ),
    ]


def _rows(cells: Iterable[Stored], priorities: Mapping[int, Priority]) -> list[Row]:
    """Metric by metric, the most urgent priority first."""

    def place(cell: Stored) -> tuple[int, int]:
        metric, priority = cell["metric"], priorities.get(cell["priority"])
        known = METRICS.index(metric) if metric in METRICS else len(METRICS)
        return known, priority.rank if priority else 0

    return [_row(cell, priorities) for cell in sorted(cells, key=place)]


def _row(cell: Stored, priorities: Mapping[int, Priority]) -> Row:
    now, then = _share(cell["now"]), _share(cell["then"])
    change = _points(now, then)
    return Row(
        metric=metric_name(cell["metric"]),
        priority=str(priorities.get(cell["priority"], "")),
        now=_percent(now),
        now_of=number_format(sum(cell["now"])),
        then=_percent(then),
        then_of=number_format(sum(cell["then"])),
        change="" if now is None or then is None else _signed(change),
        is_good=change > 0,
        is_bad=change < 0,
    )


def _flipped(
    row: Stored, ticket: Ticket, policies: Mapping[int, str], priorities: Mapping[int, Priority]
) -> FlippedClock:
    return FlippedClock(
        number=ticket.number,
        subject=ticket.subject,
        url=_url(ticket),
        metric=metric_name(row["metric"]),
        priority=str(priorities.get(row["priority"], "")),
        now=_sentence(row["now"], policies),
        then=_sentence(row["then"], policies),
        is_added=bool(row["then"] and row["then"]["missed"]),
    )


def _sentence(side: Stored | None, policies: Mapping[int, str]) -> str:
    """Why a deadline lay where it lay: "24 h of “Standard”, due 5 Feb 2025 10:00: missed"."""
    if side is None:
        return _("No deadline")
    source = policies.get(side["policy"] or 0, "") or _("the department's target")
    return _("%(target)s of “%(source)s”, due %(due)s: %(verdict)s") % {
        "target": spent_text(side["target_s"]),
        "source": source,
        "due": _moment(side["due"]),
        "verdict": _verdict(side),
    }


def _verdict(side: Stored) -> str:
    ended = {"ended": _moment(side["ended"])}
    if side["missed"]:
        return _("missed, ended %(ended)s") % ended if side["ended"] else _("missed, still open")
    return _("in time, ended %(ended)s") % ended if side["ended"] else _("in time, still open")


def _moment(text: str | None) -> str:
    if not text:
        return "–"
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "j M Y H:i")


def _policy_names(job: Job, flips: Iterable[Stored]) -> dict[int, str]:
    """Those of the draft first: a policy may have another name there, or be new."""
    sides = [side for row in flips for side in (row["now"], row["then"]) if side]
    wanted = {side["policy"] for side in sides if side["policy"]}
    stored = {pk: row.name for pk, row in SlaPolicy.objects.in_bulk(wanted).items()}
    drafted = {row["id"]: row["name"] for row in job.arguments["draft"]["rules"]["policies"]}
    return drafted | stored


def _tickets(ids: Iterable[int], user: User) -> dict[int, Ticket]:
    return Ticket.objects.visible_to(user).in_bulk(set(ids))


def _url(ticket: Ticket) -> str:
    return reverse("desk:ticket", args=[ticket.number])


def _sum(sides: Iterable[list[int]]) -> list[int]:
    rows = list(sides)
    return [sum(row[0] for row in rows), sum(row[1] for row in rows)]


def _share(side: list[int]) -> float | None:
    met, late = side
    return 100 * met / (met + late) if met + late else None


def _percent(share: float | None) -> str:
    return "–" if share is None else _("%(share)s %%") % {"share": number_format(share, 1)}


def _points(now: float | None, then: float | None) -> float:
    return 0.0 if now is None or then is None else round(then - now, 1)


def _signed(points: float) -> str:
    sign = "+" if points > 0 else "−" if points < 0 else "±"
    return f"{sign}{number_format(abs(points), 1)}"
