"""What rules wait for: events of tickets, clocks, and times since a fact (rules.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation.arguments import Argument, clean_arguments
from automation.models import RuleKind
from core.registries import Registry
from sla.models import Metric

EVENT_KINDS = frozenset([RuleKind.TRIGGER.value, RuleKind.ESCALATION.value])
CLOCK_KINDS = frozenset([RuleKind.ESCALATION.value])


@dataclass(frozen=True, kw_only=True)
class TriggerSpec:
    """One occasion; `tell` says it as the beginning of a sentence: "When a ticket is created".

    `fits(wanted, given)` compares the rule's arguments with the occasion's; always when None.
    """

    key: str
    label: Any
    kinds: frozenset[str]
    tell: Callable[[Mapping[str, Any]], str]
    arguments: tuple[Argument, ...] = ()
    fits: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None


registry: Registry[TriggerSpec] = Registry("triggers")


def register(spec: TriggerSpec) -> TriggerSpec:
    """Make a trigger known under its key."""
    return registry.register(spec.key, spec)


def triggers_for(kind: str) -> list[TriggerSpec]:
    """Those a rule of this kind may wait for; none for kinds that run at a fixed moment."""
    return [spec for spec in registry.entries() if kind in spec.kinds]


def clean_trigger(
    key: Any, arguments: Mapping[str, Any], *, kind: str
) -> tuple[str, dict[str, Any]]:
    """A trigger with its arguments in their stored form. Raises ValidationError."""
    offered = {spec.key: spec for spec in triggers_for(kind)}
    if not offered:
        return "", {}
    if key not in offered:
        raise ValidationError(_t("Choose when the rule is to run."))
    return key, clean_arguments(offered[key].arguments, arguments)


def fits(key: str, wanted: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether an occasion with the arguments `given` is the one a rule waits for."""
    judge = registry[key].fits if key in registry else None
    return judge is None or judge(wanted, given)


def _same_metric(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return wanted.get("metric") in (None, given.get("metric"))


_METRIC = Argument(
    name="metric",
    label=_("Deadline"),
    kind="choice",
    choices=lambda: list(Metric.choices),
    is_required=False,
    help=_("Empty: any deadline."),
)


def _clock(key: str, label: Any, sentence: Any, any_metric: Any) -> None:
    def tell(args: Mapping[str, Any]) -> str:
        metric = _METRIC.words(args.get("metric"))
        return str(sentence) % {"metric": metric} if metric else str(any_metric)

    register(
        TriggerSpec(
            key=key,
            label=label,
            kinds=CLOCK_KINDS,
            tell=tell,
            arguments=(_METRIC,),
            fits=_same_metric,
        )
    )


def _always(sentence: Any) -> Callable[[Mapping[str, Any]], str]:
    return lambda _args: str(sentence)


for _key, _label, _sentence in (
    ("created", _("A ticket is created"), _("When a ticket is created")),
    ("customer_replied", _("The customer writes"), _("When the customer writes again")),
    ("staff_replied", _("An agent answers"), _("When an agent answers")),
    ("note_added", _("A note is written"), _("When an internal note is written")),
    ("status_changed", _("The status changes"), _("When the status changes")),
    ("priority_changed", _("The priority changes"), _("When the priority changes")),
    ("department_changed", _("The department changes"), _("When the department changes")),
    ("assignee_changed", _("The assignee changes"), _("When the assignee changes")),
    ("service_changed", _("The service changes"), _("When the service changes")),
    ("tags_changed", _("Tags change"), _("When tags change")),
    ("custom_field_changed", _("A custom field changes"), _("When a custom field changes")),
    ("reopened", _("A ticket is reopened"), _("When a ticket is reopened")),
    ("escalated", _("A ticket is escalated by hand"), _("When a ticket is escalated by hand")),
    ("survey_answered", _("A survey is answered"), _("When a survey is answered")),
):
    register(
        TriggerSpec(
            key=_key,
            label=_label,
            kinds=EVENT_KINDS,
            tell=_always(_sentence),
        )
    )
_clock(
    "clock_warned",
    _("A deadline is near"),
    _("When the deadline of %(metric)s is near"),
    _("When any deadline is near"),
)
_clock(
    "clock_breached",
    _("A deadline is missed"),
    _("When the deadline of %(metric)s is missed"),
    _("When any deadline is missed"),
)
