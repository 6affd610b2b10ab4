"""Which policies use a priority, a calendar, a service or a department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from core.conditions.fields import values_of
from core.conditions.tree import leaves
from sla.models import Coverage, QueueTarget, ServiceExclusion, SlaPolicy, SlaTarget

Pairs = Iterator[tuple[Any, int]]


def of_priorities(pks: list[Any]) -> dict[Any, int]:
    """Policies with a target or a condition for the priority."""
    return _counted(pks, _targets("priority_id"), _conditions("priority"))


def of_services(pks: list[Any]) -> dict[Any, int]:
    """Policies that ask for the service."""
    return _counted(pks, _conditions("service"))


def of_departments(pks: list[Any]) -> dict[Any, int]:
    """Policies that ask for the department."""
    return _counted(pks, _conditions("department"))


def of_calendars(pks: list[Any]) -> dict[Any, int]:
    """Policies that count in the calendar, as a whole or for one target."""
    policies = SlaPolicy.objects.active().exclude(calendar=None)
    return _counted(
        pks, _targets("calendar_id"), lambda: iter(policies.values_list("calendar_id", "pk"))
    )


def queues_of_calendars(pks: list[Any]) -> dict[Any, int]:
    """Targets of departments that count in the calendar."""
    return _grouped(QueueTarget.objects.filter(calendar__in=pks), "calendar_id")


def queues_of_departments(pks: list[Any]) -> dict[Any, int]:
    """Whether the department has a target."""
    return _grouped(QueueTarget.objects.filter(department__in=pks), "department_id")


def exclusions_of_services(pks: list[Any]) -> dict[Any, int]:
    """Whether tickets of the service have no deadlines."""
    return _grouped(ServiceExclusion.objects.filter(service__in=pks), "service_id")


def open_tickets(pks: list[Any]) -> dict[Any, int]:
    """Open tickets under each policy."""
    rows = Coverage.objects.filter(ticket__is_open=True, case__policy__in=pks)
    return _grouped(rows, "case__policy")


def policy_words(count: int) -> str:
    return ngettext("%(n)s SLA policy", "%(n)s SLA policies", count) % {"n": count}


def queue_words(count: int) -> str:
    words = ngettext("%(n)s target of a department", "%(n)s targets of departments", count)
    return words % {"n": count}


def exclusion_words(count: int) -> str:
    return ngettext("%(n)s exclusion", "%(n)s exclusions", count) % {"n": count}


def ticket_words(count: int) -> str:
    return ngettext("%(n)s open ticket", "%(n)s open tickets", count) % {"n": count}


def _targets(column: str) -> Callable[[], Pairs]:
    rows = SlaTarget.objects.filter(policy__archived_at=None).exclude(**{column: None})
    return lambda: iter(rows.order_by().values_list(column, "policy").distinct())


def _conditions(field: str) -> Callable[[], Pairs]:
    """What the conditions of policies in use name; there are few, so they are read here."""

    def found() -> Pairs:
        for policy, tree in SlaPolicy.objects.active().values_list("pk", "conditions"):
            for leaf in leaves(tree):
                if leaf["field"] == field:
                    yield from ((value, policy) for value in values_of(leaf))

    return found


def _counted(pks: list[Any], *sources: Callable[[], Pairs]) -> dict[Any, int]:
    users: dict[Any, set[int]] = defaultdict(set)
    for source in sources:
        for pk, policy in source():
            users[pk].add(policy)
    return {pk: len(users[pk]) for pk in pks if pk in users}


def _grouped(rows: Any, column: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(column).annotate(count=Count("pk")))
