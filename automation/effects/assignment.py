"""Asking for an agent: a rule says how, the department's seats say who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Skill
from automation.arguments import Argument
from automation.assigning.asking import ASKS, ask_for_agent
from automation.effects.fields import agents
from automation.effects.registry import Case, Done, EffectSpec, register
from automation.models import AssignmentMethod, EffectRun

PLAN = "plan"


def _methods() -> list[tuple[Any, Any]]:
    return [(PLAN, _("As the department does")), *AssignmentMethod.choices]


_METHOD = Argument(name="method", label=_("Method"), kind="choice", choices=_methods, default=PLAN)
_SKILLS = Argument(
    name="skills",
    label=_("Skills"),
    kind="choices",
    choices=lambda: [(row.pk, row.name) for row in Skill.objects.active()],
    is_required=False,
)
_PEOPLE = Argument(
    name="people",
    label=_("Specialists"),
    kind="choices",
    choices=agents,
    is_required=False,
    help=_("Only for specialists by name."),
)


def _ask(case: Case, args: Mapping[str, Any]) -> Done:
    method = "" if args["method"] == PLAN else args["method"]
    wanted = {name: args[name] for name in ("skills", "people") if args.get(name)}
    row = ask_for_agent(
        case.ticket,
        method=method,
        wanted=wanted,
        actor=case.actor,
        run=case.run,
        now=case.now,
    )
    if row is None:
        return Done(EffectRun.State.NOTHING, _t("Somebody has the ticket already."))
    return Done()


def _tell(args: Mapping[str, Any]) -> str:
    method = _METHOD.words(args.get("method", PLAN))
    wanted = [_SKILLS.words(args.get("skills")), _PEOPLE.words(args.get("people"))]
    names = ", ".join(words for words in wanted if words)
    if names:
        return _t("give it to an agent (%(method)s: %(names)s)") % {
            "method": method,
            "names": names,
        }
    return _t("give it to an agent (%(method)s)") % {"method": method}


register(
    EffectSpec(
        key=ASKS,
        label=_("Give it to an agent"),
        group=_("Ticket"),
        tell=_tell,
        arguments=(_METHOD, _SKILLS, _PEOPLE),
        act=_ask,
    )
)
