"""The list of rules of one kind: sentences, what they did lately, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Avg, BigIntegerField, Count, F, Func, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automation.arguments import choices_read_once
from automation.conflicts import Conflicts, conflicts_of
from automation.models import Rule, RuleRun
from automation.sentences import broken_words, rule_sentence, spec_of

PERIOD: Final = timedelta(days=30)


@dataclass(frozen=True)
class Record:
    """What one rule did in the last 30 days."""

    matches: int = 0
    last_at: datetime | None = None
    ms: float = 0

    def words(self) -> str:
        """ "matched 14 times in 30 days, 0.4 ms on average"."""
        if not self.matches:
            return _("No match in 30 days")
        counted = ngettext("%(n)d match in 30 days", "%(n)d matches in 30 days", self.matches)
        timed = _("%(ms).1f ms on average") % {"ms": self.ms}
        return f"{counted % {'n': self.matches}}, {timed}"


@dataclass(frozen=True)
class Badge:
    """A remark on a rule; `tone` colours it."""

    text: str
    tone: str = "warn"


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """One rule of the list."""

    pk: int
    number: int
    name: str
    sentence: str
    troubles: list[str]
    badges: list[Badge]
    record: Record
    audience: str
    is_enabled: bool
    is_first: bool
    is_last: bool

    @property
    def is_macro(self) -> bool:
        return bool(self.audience)


@dataclass(frozen=True)
class RuleList:
    """Rules in use in their order, and those that were archived."""

    lines: list[RuleLine]
    archived: list[Rule]
    has_conflicts: bool


@choices_read_once()
def rule_list(kind: str, *, now: datetime) -> RuleList:
    """Everything the page shows; a fixed number of statements however many rules there are."""
    rows = list(Rule.objects.of_kind(kind).select_related("department", "owner"))
    active = [row for row in rows if row.archived_at is None]
    found = conflicts_of(kind)
    records = records_of(kind, now=now)
    lines = [
        _line(row, number, len(active), records=records, found=found)
        for number, row in enumerate(active, start=1)
    ]
    archived = [row for row in rows if row.archived_at is not None]
    return RuleList(lines, archived, not found.is_empty)


def records_of(kind: str, *, now: datetime) -> dict[int, Record]:
    """What each rule did lately, in one statement."""
    rule: Any = Func(F("matched"), function="unnest", output_field=BigIntegerField())
    rows = (
        RuleRun.objects.filter(kind=kind, at__gte=now - PERIOD)
        .exclude(matched=[])
        .annotate(rule=rule)
        .values("rule")
        .annotate(matches=Count("pk"), last_at=Max("at"), mean=Avg("ms"))
        .order_by()
    )
    return {row["rule"]: Record(row["matches"], row["last_at"], row["mean"]) for row in rows}


def _line(
    row: Rule, number: int, count: int, *, records: Mapping[int, Record], found: Conflicts
) -> RuleLine:
    spec = spec_of(row)
    troubles = broken_words(spec)
    return RuleLine(
        pk=row.pk,
        number=number,
        name=row.name,
        sentence=rule_sentence(spec),
        troubles=troubles,
        badges=_badges(row, found, is_broken=bool(troubles)),
        record=records.get(row.pk, Record()),
        audience=_audience(row),
        is_enabled=row.is_enabled,
        is_first=number == 1,
        is_last=number == count,
    )


def _badges(row: Rule, found: Conflicts, *, is_broken: bool) -> list[Badge]:
    badges = []
    if is_broken:
        badges.append(Badge(_("Broken"), "danger"))
    if not row.is_enabled:
        badges.append(Badge(_("Off"), ""))
        return badges
    badges += [
        Badge(_("Never reached: “%(name)s” takes all") % {"name": shadow.by.name})
        for shadow in found.shadows
        if shadow.rule.id == row.pk
    ]
    if not badges and any(rule.id == row.pk for rule in found.never):
        badges.append(Badge(_("Never matches")))
    return badges


def _audience(row: Rule) -> str:
    """To whom a macro is offered; empty for all other rules."""
    if row.kind != "macro":
        return ""
    if row.owner:
        return _("Only for %(name)s") % {"name": row.owner.display_name}
    if row.department:
        return _("For %(name)s") % {"name": row.department}
    return _("For everybody")
