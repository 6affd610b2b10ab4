"""Whether somebody would be called now: gaps, silence, and people without a telephone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import OnCallRole, OnCallSchedule, Page, PageStep
from automation.on_call.rota import who
from automation.on_call.schedules import people_by_id, plan_of
from core import clock
from core.registries import HealthLine

LATELY = timedelta(days=1)


def coverage() -> HealthLine:
    """Roles of enabled schedules in which nobody is on call now; and slots found empty lately."""
    now = clock.now()
    empty = [f"{role.schedule}: {role}" for role, user in _who_now(now) if not _can_come(user)]
    steps = PageStep.objects.filter(at__gt=now - LATELY).exclude(state=PageStep.State.PAGED)
    missed = [f"{step.page.schedule}: {step}" for step in steps.select_related(
        "page__schedule", "role", "user")[:10]]  # fmt: skip
    name, found = _("On-call"), [*empty, *missed]
    if not found:
        return HealthLine(name, _("Every role has somebody on call."), is_well=True, value=0)
    text = _("Nobody is on call: %(roles)s") % {"roles": ", ".join(dict.fromkeys(found))}
    return HealthLine(name, text, is_well=False, value=len(found))


def unanswered_pages() -> HealthLine:
    """Pages that everybody on call left unanswered and that are still open."""
    count = Page.objects.open().filter(acknowledged_at=None, exhausted_at__isnull=False).count()
    text = _("Pages that nobody answered: %(count)d") % {"count": count}
    return HealthLine(_("Pages"), text, is_well=count == 0, value=count)


def reachability() -> HealthLine:
    """People on call now who get no text message: no number, or ended by STOP (R114)."""
    people = {user.pk: user for _role, user in _who_now(clock.now()) if user and user.is_staff}
    silent = sorted(str(user) for user in people.values() if not user.takes_sms)
    if not silent:
        text = _("Everybody on call gets text messages.")
        return HealthLine(_("Text messages of on-call"), text, is_well=True, value=0)
    text = _("On call without text messages: %(people)s") % {"people": ", ".join(silent)}
    return HealthLine(_("Text messages of on-call"), text, is_well=False, value=len(silent))


def _who_now(now: datetime) -> list[tuple[OnCallRole, User | None]]:
    found: list[tuple[OnCallRole, int | None]] = []
    for schedule in OnCallSchedule.objects.active():
        plan = plan_of(schedule, starts_at=now)
        for role in schedule.roles.filter(archived_at=None):
            role.schedule = schedule
            found.append((role, who(plan, role.pk, now)))
    people = people_by_id(person for _role, person in found)
    return [(role, people.get(person or 0)) for role, person in found]


def _can_come(user: User | None) -> bool:
    return user is not None and user.is_staff
