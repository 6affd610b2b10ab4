"""Templates of tasks: `/admin/task_templates`, and those a ticket is offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.crud import ManagedTable
from core.memo import remembered
from core.text import clean_line
from tickets.actions.tasks import MAX_ITEMS
from tickets.models import TaskTemplate

MOST = 500


class TaskTemplateForm(forms.ModelForm):
    """A task that is given again and again."""

    due_amount = forms.IntegerField(
        label=_("Due within"),
        min_value=1,
        max_value=MOST,
        required=False,
        help_text=_("Counted in the hours of the ticket's department. Empty: no due time."),
    )

    class Meta:
        model = TaskTemplate
        fields = ["name", "title", "checklist", "due_amount", "due_unit", "department"]
        labels = {
            "name": _("Name"),
            "title": _("Task"),
            "checklist": _("Checklist"),
            "due_unit": _("Unit"),
            "department": _("Only for the department"),
        }
        help_texts = {"checklist": _("One entry for each line.")}
        widgets = {"checklist": forms.Textarea(attrs={"rows": 6})}

    def clean_title(self) -> str:
        """One line. Raises ValidationError when nothing remains."""
        title = clean_line(self.cleaned_data["title"], 200)
        if not title:
            raise forms.ValidationError(_t("Say what is to be done."))
        return title

    def clean_checklist(self) -> str:
        """As many entries as a task takes."""
        text: str = self.cleaned_data["checklist"]
        if len([line for line in text.splitlines() if line.strip()]) > MAX_ITEMS:
            raise forms.ValidationError(_t("At most %(limit)d entries.") % {"limit": MAX_ITEMS})
        return text


@remembered()
def templates_in_use() -> list[TaskTemplate]:
    """All that may be applied, in the managers' order."""
    return list(TaskTemplate.objects.active())


def templates_for(department_id: int) -> list[TaskTemplate]:
    """Those a ticket of the department is offered."""
    return [row for row in templates_in_use() if row.department_id in {None, department_id}]


def due_words(row: TaskTemplate) -> str:
    """Within 4 business hours; empty without a due time."""
    count = row.due_amount
    if count is None:
        return ""
    if row.due_unit == TaskTemplate.Unit.HOURS:
        words = ngettext("%(n)d business hour", "%(n)d business hours", count)
    else:
        words = ngettext("%(n)d business day", "%(n)d business days", count)
    return words % {"n": count}


def _rows() -> QuerySet[TaskTemplate]:
    return TaskTemplate.objects.select_related("department")


def _forget(*_row: Any, actor: Any, now: datetime) -> None:
    templates_in_use.forget()


task_templates = ManagedTable(
    model=TaskTemplate,
    form_class=TaskTemplateForm,
    url_prefix="admin/task_templates",
    url_name="task_templates",
    title=_("Task templates"),
    purpose=_("Tasks that come up again and again, with their checklists."),
    add_label=_("Add template"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Task"), lambda row: row.title),
        (_("Entries"), lambda row: len(row.lines) or ""),
        (_("Due within"), due_words),
        (_("Department"), lambda row: row.department or _("All")),
    ],
    ordering="position",
    archived="archived_at",
    rows=_rows,
    on_saved=_forget,
    on_rearranged=_forget,
)
