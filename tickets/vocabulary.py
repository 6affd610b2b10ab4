"""The company's statuses, priorities, services and departments, remembered for a few seconds."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from django.db.models import Model

from accounts.models import Department
from core.memo import remembered
from tickets.models.vocabulary import Kind, Priority, Service, Status

R = TypeVar("R", bound=Model)


class Rows(list[R]):
    """Rows of a small table, and what menus and lists make of them, worked out once."""

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Key and name of each, as a select offers them."""
        return tuple((str(row.pk), str(row)) for row in self)

    @cached_property
    def names(self) -> dict[int, str]:
        """The name of each by its key."""
        return {row.pk: str(row) for row in self}


class VocabularyMissing(LookupError):
    """No row plays a part the code needs, such as a status of kind new."""


@remembered()
def statuses() -> Rows[Status]:
    """Statuses in use, in the managers' order."""
    return Rows(Status.objects.filter(archived_at=None))


@remembered()
def priorities() -> Rows[Priority]:
    """Priorities in use, the most urgent first."""
    return Rows(Priority.objects.filter(archived_at=None))


@remembered()
def services() -> Rows[Service]:
    """Services in use, in the managers' order."""
    return Rows(Service.objects.filter(archived_at=None))


@remembered()
def departments() -> Rows[Department]:
    """Departments in use, in the managers' order, with their addresses."""
    return Rows(Department.objects.filter(archived_at=None).prefetch_related("addresses"))


def default_status(kind: Kind) -> Status:
    """The status the product sets by itself for `kind`. Raises VocabularyMissing without one."""
    of_kind = [status for status in statuses() if status.kind == kind]
    of_kind.sort(key=lambda status: (not status.is_default, status.position))
    if not of_kind:
        raise VocabularyMissing(f"no status of kind {kind}")
    return of_kind[0]


def status_after_reply() -> Status:
    """What a reply sets unless the agent chooses otherwise (R20)."""
    chosen = [status for status in statuses() if status.is_after_reply]
    return chosen[0] if chosen else default_status(Kind.WAITING_CUSTOMER)


def default_priority() -> Priority:
    """The priority of a ticket nobody has judged. Raises VocabularyMissing without any."""
    rows = sorted(priorities(), key=lambda row: (not row.is_default, -row.rank))
    if not rows:
        raise VocabularyMissing("no priority")
    return rows[0]


def department_by_id(pk: int) -> Department | None:
    """A department in use, from memory."""
    return next((row for row in departments() if row.pk == pk), None)


def forget_vocabulary() -> None:
    """Ask the database anew: after a manager changed a row."""
    for remembered_rows in (statuses, priorities, services, departments):
        remembered_rows.forget()
