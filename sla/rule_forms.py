"""Forms of the small tables: targets of departments, services without deadlines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
        error_messages = {"department": {"unique": _("This department has a target already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_what_is_in_use(self, "department", kept=self.instance.department_id)
        _offer_what_is_in_use(self, "calendar", kept=self.instance.calendar_id)
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
        error_messages = {"service": {"unique": _("This service is in the list already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_what_is_in_use(self, "service", kept=self.instance.service_id)


def _offer_what_is_in_use(form: forms.ModelForm[Any], name: str, *, kept: int | None) -> None:
    """Rows that are not archived, and the one that is chosen already."""
    field: Any = form.fields[name]
    field.queryset = field.queryset.filter(Q(archived_at=None) | Q(pk=kept))
