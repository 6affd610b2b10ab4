"""A rule as managers write it: when, under which conditions, and what follows (rules.md 12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from automation import auto_closing
from automation.conflicts import shadow_words
from automation.effect_forms import EffectsField, TriggerField
from automation.effects.telling import LEVELS
from automation.models import Rule, RuleKind
from automation.sentences import spec_of
from automation.versions import rules_in_force
from calendars.models import BusinessCalendar
from core.condition_forms import ConditionField, StepwiseForm
from core.conditions import Tree, fields
from core.conditions.tree import group_of, is_leaf

# What only a change knows; other kinds see a ticket as it stands.
_OF_CHANGES = ("changed", "previous")
_AFTER_CHANGES = frozenset([RuleKind.TRIGGER.value, RuleKind.ESCALATION.value])


def condition_fields(kind: str) -> tuple[str, ...]:
    """Every field the conditions of such a rule may ask about."""
    return tuple(
        key
        for key, _spec in fields
        if kind in _AFTER_CHANGES or key.partition(".")[0].partition("_")[0] not in _OF_CHANGES
    )


class RuleForm(StepwiseForm, forms.ModelForm):
    """The fields all kinds share; `kind` names the set the rule belongs to."""

    kind: ClassVar[str] = RuleKind.TRIGGER

    conditions = ConditionField(label=_("Conditions"), allowed=())
    effects = EffectsField(
        label=_("What follows"), help_text=_("In this order. Fields are set before the rest.")
    )
    is_sure = forms.BooleanField(label=_("Save it all the same"), required=False)

    class Meta:
        model = Rule
        fields = ["name", "conditions", "effects", "is_enabled"]
        labels = {
            "name": _("Name"),
            "is_enabled": _("In use"),
            "goes_on": _("Try the next rules, too"),
            "stops": _("Try no further rule after this one"),
            "overrides_agents": _("Even if an agent has just set it otherwise"),
            "calendar": _("Count time in"),
            "department": _("Offered to"),
            "owner": _("Only for"),
        }
        help_texts = {
            "goes_on": _("Else the first rule that fits takes the ticket."),
            "calendar": _("Empty: the department's calendar, or the default one."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = self.kind
        conditions: Any = self.fields["conditions"]
        conditions.allowed = conditions.widget.allowed = condition_fields(self.kind)
        for name in ("effects", "when"):
            if name in self.fields:
                cast("EffectsField", self.fields[name]).of_kind(self.kind)
        if "when" in self.fields:
            stored = (self.instance.trigger, self.instance.trigger_args)
            self.initial.setdefault("when", stored if self.instance.trigger else ("", {}))
        self._offer_rows()
        self.warnings: list[str] = []

    @property
    def parts(self) -> list[forms.BoundField]:
        """The fields below the editors; the last question is asked apart."""
        above = {"name", "when", "conditions", "effects", "is_sure"}
        return [self[name] for name in self.fields if name not in above]

    @property
    def trigger_part(self) -> forms.BoundField | None:
        return self["when"] if "when" in self.fields else None

    def clean(self) -> dict[str, Any]:
        """What would surprise is said once, and saved when the manager insists."""
        facts = super().clean() or {}
        if "when" in facts:
            self.instance.trigger, self.instance.trigger_args = facts["when"]
        if not self.errors:
            self.warnings = list(self._surprises(facts))
            if self.warnings and not facts["is_sure"]:
                self.add_error("is_sure", gettext("Read the warning, then save again."))
        return facts

    def _surprises(self, facts: dict[str, Any]) -> Iterator[str]:
        if not facts["is_enabled"]:
            return
        if words := _lone_role(facts["conditions"], facts["effects"]):
            yield words
        rules = rules_in_force(self.kind)
        if rules is not None:
            draft = forms.models.construct_instance(self, Rule(pk=self.instance.pk, kind=self.kind))
            draft.trigger = self.instance.trigger
            yield from shadow_words(spec_of(draft), rules.rules)

    def _offer_rows(self) -> None:
        rows: dict[str, Any] = {
            "calendar": (BusinessCalendar.objects.active(), _("The department's, or the default")),
            "department": (Department.objects.active(), _("Everybody")),
            "owner": (User.objects.staff(), _("Everybody it is offered to")),
        }
        for name, (queryset, empty) in rows.items():
            if name in self.fields:
                choice: Any = self.fields[name]
                stored = getattr(self.instance, f"{name}_id")
                choice.queryset = queryset | queryset.model.objects.filter(pk=stored)
                choice.empty_label = empty


class ClassifyForm(RuleForm):
    """All rules that fit; the first writer of a field wins."""

    kind = RuleKind.CLASSIFY

    class Meta(RuleForm.Meta):
        fields = [*RuleForm.Meta.fields, "stops", "overrides_agents"]


class RoutingForm(RuleForm):
    """The first rule that fits takes the ticket."""

    kind = RuleKind.ROUTING

    class Meta(RuleForm.Meta):
        fields = [*RuleForm.Meta.fields, "goes_on", "overrides_agents"]


class TriggerForm(RuleForm):
    """After something happened to a ticket."""

    kind = RuleKind.TRIGGER
    when = TriggerField(label=_("When"))

    class Meta(RuleForm.Meta):
        fields = [*RuleForm.Meta.fields, "stops", "overrides_agents"]


class TimedForm(RuleForm):
    """A time after something happened, or did not."""

    kind = RuleKind.TIMED
    when = TriggerField(label=_("When"))

    class Meta(RuleForm.Meta):
        fields = [*RuleForm.Meta.fields, "calendar", "stops"]

    def clean(self) -> dict[str, Any]:
        """A warning has to come after the last message."""
        facts = super().clean()
        if "when" in facts and "effects" in facts:
            args = facts["when"][1]
            if words := auto_closing.warn_too_soon(args, facts["effects"]):
                self.add_error("effects", words)
        return facts

    def _surprises(self, facts: dict[str, Any]) -> Iterator[str]:
        trigger, args = facts["when"]
        if words := auto_closing.close_too_soon(trigger, args, facts["effects"]):
            yield words
        yield from super()._surprises(facts)


class EscalationForm(RuleForm):
    """A deadline is near or missed, or a ticket stands still."""

    kind = RuleKind.ESCALATION
    when = TriggerField(label=_("When"))
    level = forms.TypedChoiceField(
        label=_("Level"),
        choices=[(0, _("None")), *LEVELS],
        coerce=int,
        initial=0,
        help_text=_("Orders the steps for people; the effects say who is told."),
    )

    class Meta(RuleForm.Meta):
        fields = [*RuleForm.Meta.fields, "level", "calendar", "stops"]


class MacroForm(RuleForm):
    """An agent's click."""

    kind = RuleKind.MACRO

    class Meta(RuleForm.Meta):
        fields = [*RuleForm.Meta.fields, "department", "owner"]


def _lone_role(conditions: Tree, effects: list[dict[str, Any]]) -> str:
    """A requester's role alone decides: then every question of an administrator does (R78)."""
    alone = {leaf["field"] for leaf in _deciding(conditions)}
    if "requester_role" not in alone or not effects:
        return ""
    return gettext(
        "The role of the requester alone is enough for this rule: every question of such a person"
        " is treated like this, the harmless ones too."
    )


def _deciding(tree: Tree) -> Iterator[Tree]:
    """Conditions each of which makes the tree true by itself."""
    if is_leaf(tree):
        yield tree
    elif group := group_of(tree):
        kind, members = group
        if kind == "any" or (kind == "all" and len(members) == 1):
            for member in members:
                yield from _deciding(member)
