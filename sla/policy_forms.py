"""A policy as managers write it: for whom, promised what, and in which hours (R89)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendars.models import BusinessCalendar
from core.condition_forms import ConditionField, StepwiseForm
from sla.models import SlaPolicy, SlaTarget
from sla.special_targets import Choices, LinesField
from sla.target_grid import (
    GridRow,
    grid_fields,
    grid_initial,
    grid_rows,
    grid_targets,
    metric_labels,
    shared_of,
)
from sla.versions import policy_spec, target_spec
from sla.warning_times import WarningsField, write_warnings
from tickets.custom_fields.conditions import custom_keys
from tickets.models import Priority

ASKED = (
    "tier", "organisation", "customer", "customer_vip", "department", "service", "channel",
    "priority", "tags", "subject",
)  # fmt: skip
_MINUTES: dict[str, Any] = {"required": False, "min_value": 0, "max_value": 10_000}
_DAY = {"type": "date"}


class PolicyForm(StepwiseForm, forms.ModelForm):
    """Fields of the policy, a cell for each promise, and lines for special targets.

    `targets` are what the form promises and `spec` the policy as versions keep it, both once it
    is valid; `stored_spec` is what is in the tables, None for a new policy.
    """

    conditions = ConditionField(
        label=_("For whom"),
        allowed=ASKED,
        help_text=_("Without conditions it is for everybody. The first policy that fits counts."),
    )
    warnings = WarningsField(label=_("Warn at"))
    extra_minutes = forms.IntegerField(
        label=_("Extra minutes outside hours"),
        help_text=_("Added to each promise when its clock starts while the calendar is closed."),
        **_MINUTES,
    )
    grace_minutes = forms.IntegerField(
        label=_("Minutes left at least after a change"),
        help_text=_("When a higher priority shortens a promise that is used up already."),
        **_MINUTES,
    )
    special = LinesField(
        label=_("Special targets"),
        help_text=_("Empty the time to drop a line."),
        required=False,
    )

    class Meta:
        model = SlaPolicy
        fields = [
            "name", "conditions", "calendar", "is_enabled", "excluded_reason", "reopen_mode",
            "reselects", "pauses_response", "resolving_answers", "valid_from", "valid_until",
        ]  # fmt: skip
        labels = {
            "name": _("Name"),
            "calendar": _("Calendar"),
            "is_enabled": _("In use"),
            "excluded_reason": _("No deadlines, because"),
            "reopen_mode": _("When a ticket is reopened"),
            "reselects": _("Choose the policy anew when the customer's tier changes"),
            "pauses_response": _("Pausing statuses stop the response clocks, too"),
            "resolving_answers": _("Resolving without an answer counts as the first response"),
            "valid_from": _("For tickets from"),
            "valid_until": _("For tickets until"),
        }
        help_texts = {
            "calendar": _("Empty: the department's calendar, or the default one."),
            "excluded_reason": _(
                "Tickets under this policy show this reason and have no clocks. Leave it empty for"
                " a policy that promises something."
            ),
        }
        widgets = {
            "valid_from": forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = list(self.instance.targets.select_related("priority", "calendar")) if (
            self.instance.pk) else []  # fmt: skip
        self.stored_spec = _spec(self.instance, self.stored) if self.instance.pk else None
        self.choices = _choices(self.instance, self.stored)
        conditions: Any = self.fields["conditions"]
        conditions.allowed = conditions.widget.allowed = (*ASKED, *custom_keys())
        self.fields.update(grid_fields(self.choices))
        calendars: Any = self.fields["calendar"]
        calendars.queryset = calendars.queryset.filter(
            pk__in=[row.pk for row in self.choices.calendars]
        )
        calendars.empty_label = gettext("The department's, or the default")
        lines: Any = self.fields["special"].widget
        lines.choices, lines.is_judged = self.choices, not self.is_step
        self._show_stored()

    @property
    def grid(self) -> list[GridRow]:
        """The table of promises."""
        return grid_rows(self, self.choices)

    @property
    def metrics(self) -> list[Any]:
        """The headings of its columns."""
        return metric_labels()

    @property
    def has_more(self) -> bool:
        """Whether the part that is folded away holds something to see."""
        names = ("special", "valid_from", "valid_until", "excluded_reason", "extra_minutes")
        shown = any(self[name].value() for name in names)
        return shown or (self.is_bound and any(self[name].errors for name in (*names, "warnings")))

    def clean(self) -> dict[str, Any]:
        """Assemble the targets when their parts could be read."""
        facts = super().clean() or {}
        self.instance.min_grace_s = (facts.get("grace_minutes") or 0) * 60
        self._check_validity(facts)
        if self.errors:
            return facts
        shared = SlaTarget(
            thresholds=facts["warnings"], ooh_extra_s=(facts["extra_minutes"] or 0) * 60
        )
        self.targets = grid_targets(facts, self.instance, self.choices, shared=shared)
        if self.targets and facts["excluded_reason"]:
            message = gettext("A policy without deadlines promises nothing: empty its table.")
            self.add_error("excluded_reason", message)
        return facts

    @property
    def spec(self) -> dict[str, Any]:
        """The policy as it would be written into the next version."""
        return _spec(self.instance, self.targets)

    def spec_changes(self) -> dict[str, tuple[Any, Any]]:
        """For the impact previews: the policy before and after, if it differs."""
        return {"spec": (self.stored_spec, self.spec)} if self.stored_spec != self.spec else {}

    def _show_stored(self) -> None:
        shared = shared_of(self.stored)
        self.initial = {
            "warnings": write_warnings(shared.thresholds),
            "extra_minutes": shared.ooh_extra_s // 60 or None,
            "grace_minutes": self.instance.min_grace_s // 60 or None,
            **grid_initial(self.stored, self.choices),
            **self.initial,
        }

    def _check_validity(self, facts: dict[str, Any]) -> None:
        since, until = facts.get("valid_from"), facts.get("valid_until")
        if since and until and until < since:
            self.add_error("valid_until", gettext("The last day lies before the first one."))


def _spec(policy: SlaPolicy, targets: list[SlaTarget]) -> dict[str, Any]:
    """As versions keep it, with the targets in an order of their own."""
    rows = [target_spec(row) for row in targets]
    rows.sort(key=lambda row: (row["priority"] or 0, row["metric"], row["when"]))
    return policy_spec(policy, rows)


def _choices(policy: SlaPolicy, targets: list[SlaTarget]) -> Choices:
    """What is in use, and what the policy names though it is not any more."""
    named = {row.calendar_id for row in targets} | {policy.calendar_id}
    priorities = Q(archived_at=None) | Q(pk__in=[row.priority_id for row in targets])
    calendars = Q(archived_at=None) | Q(pk__in=named - {None})
    return Choices(
        priorities=tuple(Priority.objects.filter(priorities)),
        calendars=tuple(BusinessCalendar.objects.filter(calendars)),
    )
