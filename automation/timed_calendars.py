"""In which hours a timed rule counts: all hours, its calendar's, or each department's own."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Q

from automation.engine import RuleSpec
from automation.timed_triggers import BUSINESS
from calendars.engine import ALWAYS, Calendar
from calendars.versions import calendar_for, current_version_ids, default_calendar
from tickets import vocabulary


def calendars_of(rule: RuleSpec) -> list[tuple[Q, Calendar]]:
    """Every calendar the rule counts in, with the tickets it counts for."""
    if rule.trigger_args.get("hours") != BUSINESS:
        return [(Q(), ALWAYS)]
    versions = current_version_ids()
    if rule.calendar in versions:
        return [(Q(), calendar_for(versions[rule.calendar]))]
    own: defaultdict[int, list[int]] = defaultdict(list)
    for department in vocabulary.departments():
        if department.calendar_id is not None:
            own[department.calendar_id].append(department.pk)
    others = ~Q(department__in=[pk for pks in own.values() for pk in pks]) if own else Q()
    return [
        (others, calendar_for(versions[default_calendar().pk])),
        *((Q(department__in=pks), calendar_for(versions[pk])) for pk, pks in own.items()),
    ]
