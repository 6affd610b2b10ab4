"""The question of the fairness report: how far back, in which department."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from automation.assigning.fairness import Question

DEFAULT_WEEKS = 4


class FairnessForm(forms.Form):
    """A GET form; without an answer it is the last four weeks everywhere."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.active(),
        required=False,
        empty_label=_("All departments"),
    )
    weeks = forms.IntegerField(
        label=_("Weeks"), min_value=1, max_value=52, initial=DEFAULT_WEEKS, required=False
    )

    def question(self, *, now: datetime) -> Question:
        """What was asked; what does not fit is left out."""
        facts = self.cleaned_data if self.is_bound and self.is_valid() else {}
        weeks = facts.get("weeks") or DEFAULT_WEEKS
        department = facts.get("department")
        return Question(
            start=now - timedelta(weeks=weeks),
            end=now,
            department_id=department.pk if department else None,
        )
