"""Staff as the desk's lists and selects need them, remembered for a few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from accounts.models import User
from accounts.models.role import Permission
from accounts.people import absence_of, on_shift
from core import clock
from core.memo import remembered


@dataclass(frozen=True)
class Colleague:
    """One member of staff and where tickets may be given to them."""

    pk: int
    name: str
    department_ids: frozenset[int]
    sees_all: bool
    absence: str = ""

    @property
    def label(self) -> str:
        """The name, and why no ticket should be given to them now: Ben (Away)."""
        return f"{self.name} ({self.absence})" if self.absence else self.name

    def works_in(self, department_id: int) -> bool:
        return self.sees_all or department_id in self.department_ids


class Staff(list[Colleague]):
    """Colleagues, and what menus make of them, worked out once."""

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Key and name of each, as a select offers them."""
        return tuple((str(colleague.pk), colleague.name) for colleague in self)


@remembered()
def colleagues() -> Staff:
    """Everybody on the staff, by name."""
    joined = ArrayAgg("memberships__department_id", filter=Q(memberships__isnull=False), default=[])
    rows = User.objects.staff().annotate(joined=joined).order_by("name", "pk")
    here = on_shift(rows, clock.now())
    return Staff(
        Colleague(
            pk=user.pk,
            name=user.display_name,
            department_ids=frozenset(user.joined),
            sees_all=user.may(Permission.TICKETS_ALL),
            absence=absence_of(user, is_on_shift=user.pk in here),
        )
        for user in rows
    )


def assignable(department_id: int) -> list[Colleague]:
    """Those who may be given a ticket of the department."""
    return [colleague for colleague in colleagues() if colleague.works_in(department_id)]


def colleague_by_id(pk: int) -> Colleague | None:
    """One colleague, from memory."""
    return next((colleague for colleague in colleagues() if colleague.pk == pk), None)
