"""Effects of an emergency: page whoever is on call, start a set of milestones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation.arguments import Argument
from automation.effects.registry import Case, Done, EffectFailed, EffectSpec, register
from automation.models import EffectRun, MilestoneSet, OnCallSchedule
from automation.on_call.milestones import start_milestones
from automation.on_call.paging import page

_EMERGENCY = _("Emergency")
Args = Mapping[str, Any]


def _schedules() -> list[tuple[Any, Any]]:
    return [(row.pk, row.name) for row in OnCallSchedule.objects.active()]


def _sets() -> list[tuple[Any, Any]]:
    return [(row.pk, row.name) for row in MilestoneSet.objects.filter(archived_at=None)]


_SCHEDULE = Argument(
    name="schedule", label=_("On-call schedule"), kind="choice", choices=_schedules
)
_CAUSE = Argument(name="cause", label=_("Cause"), help=_("What the person who is called reads."))
_SET = Argument(name="set", label=_("Milestones"), kind="choice", choices=_sets)


def _page(case: Case, args: Args) -> Done:
    """One call for a ticket and cause: as long as it is open, it is not made again."""
    schedule = OnCallSchedule.objects.active().filter(pk=args["schedule"]).first()
    if schedule is None:
        raise EffectFailed(_t("The on-call schedule was switched off or archived."))
    row = page(case.ticket, cause=args["cause"], schedule=schedule, key=case.key, now=case.now)
    if row.key != case.key:
        return Done(EffectRun.State.NOTHING, _t("Somebody is called for this already."))
    called = [str(step.user) for step in row.steps.select_related("user") if step.is_paged]
    if not called:
        return Done(EffectRun.State.NO_RECIPIENT, _t("Nobody was on call."))
    return Done(note=_t("Called: %(people)s") % {"people": ", ".join(called)})


def _start(case: Case, args: Args) -> Done:
    milestone_set = MilestoneSet.objects.filter(pk=args["set"], archived_at=None).first()
    if milestone_set is None:
        raise EffectFailed(_t("The milestones were archived."))
    started = start_milestones(case.ticket, milestone_set=milestone_set, now=case.now)
    return Done() if started else Done(EffectRun.State.NOTHING, _t("They are running already."))


def _tell_page(args: Args) -> str:
    words = {"schedule": _SCHEDULE.words(args.get("schedule")), "cause": args.get("cause", "")}
    return _t("page who is on call (%(schedule)s) for “%(cause)s”") % words


def _tell_start(args: Args) -> str:
    return _t("start the milestones “%(set)s”") % {"set": _SET.words(args.get("set"))}


register(
    EffectSpec(
        key="page_on_call",
        label=_("Page who is on call"),
        group=_EMERGENCY,
        tell=_tell_page,
        arguments=(_SCHEDULE, _CAUSE),
        act=_page,
    )
)
register(
    EffectSpec(
        key="start_milestones",
        label=_("Start milestones"),
        group=_EMERGENCY,
        tell=_tell_start,
        arguments=(_SET,),
        act=_start,
    )
)
