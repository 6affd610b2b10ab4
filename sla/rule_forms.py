"""Forms of the small tables: targets of departments, services without deadlines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendars.models import BusinessCalendar
from sla.models import QueueTarget, ServiceExclusion
from sla.preset_files import WARN
from sla.target_cells import Cell, CellField
from sla.warning_times import WarningsField, write_warnings


class QueueTargetForm(forms.ModelForm):
    """What a department promises where no policy promises a first response (R72)."""

    promise = CellField(label=_("First response within"), required=True)
    warnings = WarningsField(label=_("Warn at"))

    class Meta:
        model = QueueTarget
        fields = ["department", "calendar"]
        labels = {"department": _("Department"), "calendar": _("Calendar")}
        help_texts = {"calendar": _("Empty: the department's calendar, or the default one.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = Q(archived_at=None) | Q(pk=self.instance.calendar_id)
        self.fields["calendar"].queryset = BusinessCalendar.objects.filter(in_use)  # type: ignore[attr-defined]  # a ModelChoiceField
        departments = self.fields["department"]
        departments.queryset = departments.queryset.filter(  # type: ignore[attr-defined]  # likewise
            Q(archived_at=None) | Q(pk=self.instance.department_id)
        )
        stored = list(self.instance.thresholds) if self.instance.pk else list(WARN)
        self.initial.setdefault("warnings", write_warnings(stored))
        if self.instance.pk:
            promise = Cell(str(self.instance.amount), self.instance.unit)
            self.initial.setdefault("promise", promise)

    def clean(self) -> dict[str, Any]:
        """A fallback promises something, or is not there."""
        facts = super().clean() or {}
        promise = facts.get("promise")
        if promise and promise.amount is None:
            self.add_error("promise", gettext("Write a time, or remove the target."))
        elif promise:
            self.instance.amount, self.instance.unit = promise.amount, promise.unit
        if "warnings" in facts:
            self.instance.thresholds = facts["warnings"]
        return facts


class ServiceExclusionForm(forms.ModelForm):
    """A service whose tickets have no deadlines (R102)."""

    class Meta:
        model = ServiceExclusion
        fields = ["service", "reason"]
        labels = {"service": _("Service"), "reason": _("Reason")}
        help_texts = {"reason": _("Shown on each ticket in place of a deadline.")}
