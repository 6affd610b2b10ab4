"""Whom a rule tells: people by their part in a ticket, and who comes next when nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.people import manager_chain
from automation.effects.fields import agents
from automation.models import Contact, OnCallSchedule
from automation.on_call.rota import who
from automation.on_call.schedules import plan_of
from tickets.models import Ticket

PARTS: Final[list[tuple[str, Any]]] = [
    ("assignee", _("the assignee")),
    ("department", _("all members of the department")),
    ("lead", _("the lead of the department")),
    ("manager", _("the manager of the assignee")),
    ("chain", _("everybody up the manager chain")),
    ("watchers", _("the watchers")),
    ("on_call", _("whoever is on call")),
]


@dataclass(frozen=True)
class Recipients:
    """People to tell, and those parts nobody plays; `fallback` is who stands in for them."""

    people: tuple[User, ...]
    missing: tuple[str, ...] = ()
    fallback: User | None = None

    @property
    def everybody(self) -> list[User]:
        return [*self.people, *([self.fallback] if self.fallback else [])]


def offered() -> list[tuple[str, Any]]:
    """Everybody a rule may name: parts, people, and contacts of the directory."""
    teams = list(Team.objects.active())
    leads = [(f"lead:{row.pk}", _t("the lead of %(team)s") % {"team": row}) for row in teams]
    members = [(f"team:{row.pk}", _t("all of %(team)s") % {"team": row}) for row in teams]
    contacts = Contact.objects.filter(archived_at=None).exclude(user=None)
    directory = [(f"contact:{row.pk}", row.tier) for row in contacts]
    people = [(f"user:{pk}", name) for pk, name in agents()]
    return [*PARTS, *leads, *members, *directory, *people]


def resolve(targets: Iterable[str], ticket: Ticket, *, now: datetime) -> Recipients:
    """The people `targets` mean; for a part nobody plays, the next one up the manager chain.

    Who is not active is nobody. The chain: manager, lead, support manager, owner (rules.md 8).
    """
    found: dict[int, User] = {}
    missing: list[str] = []
    words = dict(PARTS)
    for target in targets:
        people = _people(target, ticket, now)
        if not people:
            missing.append(str(words.get(target, _t("somebody who is gone"))))
        found.update((user.pk, user) for user in people)
    fallback = None
    if missing:
        chain = manager_chain(ticket.assignee, ticket.department)
        fallback = next((user for user in chain if user.pk not in found), None)
    return Recipients(tuple(found.values()), tuple(missing), fallback)


def _people(target: str, ticket: Ticket, now: datetime) -> list[User]:
    kind, _colon, pk = target.partition(":")
    if pk:
        return list(User.objects.staff().filter(_NAMED[kind](int(pk))).distinct().order_by("pk"))
    return _active(_PARTS[target](ticket, now))


def _active(people: Iterable[User | None]) -> list[User]:
    return [user for user in people if user is not None and user.is_staff and user.is_active]


def _of_contact(pk: int) -> Q:
    return Q(pk__in=Contact.objects.filter(pk=pk, archived_at=None).values("user"))


_NAMED: Final[dict[str, Callable[[int], Q]]] = {
    "user": lambda pk: Q(pk=pk),
    "lead": lambda pk: Q(leads_teams=pk),
    "team": lambda pk: Q(teams=pk),
    "contact": _of_contact,
}


def _on_call(ticket: Ticket, now: datetime) -> list[User | None]:
    """Those of the first level: of the department's schedules, else of schedules for everybody."""
    schedules = OnCallSchedule.objects.active()
    own = schedules.filter(department=ticket.department_id)
    ids: set[int] = set()
    for schedule in own if own.exists() else schedules.filter(department=None):
        plan = plan_of(schedule, starts_at=now)
        roles = schedule.roles.filter(archived_at=None, level=1)
        ids |= {person for role in roles if (person := who(plan, role.pk, now)) is not None}
    return list(User.objects.staff().filter(pk__in=ids))


def _watchers(ticket: Ticket, _now: datetime) -> list[User | None]:
    return list(User.objects.staff().filter(watched__ticket=ticket).order_by("pk"))


def _members(ticket: Ticket, _now: datetime) -> list[User | None]:
    return list(User.objects.staff().filter(memberships__department=ticket.department_id))


def _manager(ticket: Ticket, _now: datetime) -> list[User | None]:
    return [ticket.assignee.manager] if ticket.assignee else []


def _chain(ticket: Ticket, _now: datetime) -> list[User | None]:
    return list(manager_chain(ticket.assignee, ticket.department))


_PARTS: Final[dict[str, Callable[[Ticket, datetime], list[User | None]]]] = {
    "assignee": lambda ticket, _now: [ticket.assignee],
    "department": _members,
    "lead": lambda ticket, _now: [ticket.department.lead],
    "manager": _manager,
    "chain": _chain,
    "watchers": _watchers,
    "on_call": _on_call,
}
