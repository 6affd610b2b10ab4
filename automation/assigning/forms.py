"""Forms of routing: the plan of a department, and its seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Skill, User
from automation.models import AgentSeat, RoutingPlan


class PlanForm(forms.ModelForm):
    """How a department gives out its tickets."""

    class Meta:
        model = RoutingPlan
        fields = (
            "is_enabled",
            "method",
            "fallback",
            "is_sticky",
            "skills",
            "people",
            "queue_timeout",
        )
        widgets = {
            "is_enabled": forms.CheckboxInput({"role": "switch"}),
            "is_sticky": forms.CheckboxInput({"role": "switch"}),
            "skills": forms.SelectMultiple({"size": 4}),
            "people": forms.SelectMultiple({"size": 4}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        members = User.objects.staff().filter(
            memberships__department_id=self.instance.department_id
        )
        self.fields["skills"].queryset = Skill.objects.active()  # type: ignore[attr-defined] # a choice of rows
        self.fields["people"].queryset = members.order_by("name", "pk")  # type: ignore[attr-defined] # likewise


class SeatForm(forms.ModelForm):
    """One line of the table of seats; empty limits mean the company's."""

    class Meta:
        model = AgentSeat
        fields = ("role", "weight", "push_below", "hard_cap")
        labels = {
            "role": _("Role"),
            "weight": _("Weight"),
            "push_below": _("Given more below"),
            "hard_cap": _("At most"),
        }

    def clean(self) -> dict[str, Any]:
        """What is given by itself stays within what may be had at all."""
        facts = super().clean() or {}
        low, high = facts.get("push_below"), facts.get("hard_cap")
        if low and high and low > high:
            self.add_error("push_below", _("This is more than the person may have at all."))
        return facts


def seat_forms(plan: RoutingPlan, data: Any = None) -> list[SeatForm]:
    """A form for every seat of the department, named after its row."""
    seats = AgentSeat.objects.filter(membership__department_id=plan.department_id)
    ordered = seats.select_related("membership__user").order_by("role", "membership__user__name")
    return [SeatForm(data, instance=seat, prefix=f"seat-{seat.pk}") for seat in ordered]
