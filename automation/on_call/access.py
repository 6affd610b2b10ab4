"""Who sees and answers pages, and who arranges turns: no right, no object."""

from __future__ import annotations

from typing import cast

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from accounts.models import User
from accounts.models.role import Permission
from automation.models import OnCallSchedule, OnCallSeat, PageStep
from automation.models.on_call import PageQuerySet
from core.access import PermissionMissing
from tickets.models import Ticket


def reader(request: HttpRequest) -> User:
    """Who asks; the gate has let nobody but staff through."""
    return cast(User, request.user)


def visible_pages(pages: PageQuerySet, user: User) -> PageQuerySet:
    """Pages of the tickets this person sees, those without a ticket, and where they were called."""
    # Asked of each page: as a list, every ticket would be read for a handful of pages.
    own = Ticket.objects.visible_to(user).filter(pk=OuterRef("ticket"))
    seen = Q(ticket=None) | Q(Exists(own))
    called = PageStep.objects.filter(user=user).values("page")
    return pages.filter(seen | Q(pk__in=called))


def may_arrange(user: User, schedule: OnCallSchedule) -> bool:
    """Managers, and whoever takes turns in it: colleagues trade among themselves."""
    if user.may(Permission.SETTINGS_CHANGE):
        return True
    return OnCallSeat.objects.filter(role__schedule=schedule, user=user).exists()


def require_arranging(user: User, schedule: OnCallSchedule) -> None:
    """Raise PermissionMissing for everybody else."""
    if not may_arrange(user, schedule):
        raise PermissionMissing(Permission.SETTINGS_CHANGE)
