"""The pages of rules, one set for each kind: `/admin/assignment_rules`, `/admin/macros`, ..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from automation import rule_forms
from automation.actions import copy_rule, save_rule, switch_rule, take_change
from automation.models import Rule, RuleKind
from automation.rule_pages import rule_list
from core import clock
from core.crud import ManagedTable
from core.rendering import render_page, see_other

PERMISSION: Final = "settings.change"


@dataclass(frozen=True, kw_only=True)
class RuleTable(ManagedTable):
    """The table of one kind of rules: a list of sentences instead of columns."""

    kind: str
    tabs: tuple[tuple[Any, str], ...] = ()

    def page_name(self, page: str) -> str:
        """The name of the address of one of its pages."""
        return f"{self.url_name}_{page}"

    @property
    def names(self) -> dict[str, str]:
        """Those its templates link to."""
        pages = ("use", "copy", "edit", "position", "archive", "restore")
        return {page: self.page_name(page) for page in pages}

    def urls(self) -> list[URLPattern]:
        """The pages of a settings table, with a list of its own, a switch and a copy."""
        pages = [page for page in super().urls() if page.name != self.url_name]
        prefix = self.url_prefix
        return [
            path(prefix, self._guarded(list_rules), name=self.url_name),
            path(f"{prefix}/<int:pk>/use", self._guarded(use), name=self.page_name("use")),
            path(f"{prefix}/<int:pk>/copy", self._guarded(copy), name=self.page_name("copy")),
            *pages,
        ]


def rule_table(kind: str, form_class: type[rule_forms.RuleForm], **words: Any) -> RuleTable:
    """What the tables of all kinds share."""

    def rows() -> QuerySet[Rule]:
        return Rule.objects.filter(kind=kind).select_related("department", "owner", "calendar")

    return RuleTable(
        model=Rule,
        kind=kind,
        form_class=form_class,
        columns=[(_("Name"), lambda row: row.name)],
        ordering="position",
        archived="archived_at",
        rows=rows,
        save=lambda form, *, actor, now: save_rule(form.instance, actor=actor, now=now),
        on_rearranged=take_change,
        list_template="automation/rules.html",
        form_template="automation/rule.html",
        is_removable=False,
        **words,
    )


_ASSIGNMENT: Final = (
    (_("Routing"), "assignment_rules"),
    (_("Classification"), "classification_rules"),
)
_AUTOMATIONS: Final = ((_("After events"), "automations"), (_("After a time"), "timed_rules"))

routing = rule_table(
    RuleKind.ROUTING,
    rule_forms.RoutingForm,
    url_prefix="admin/assignment_rules",
    url_name="assignment_rules",
    title=_("Assignment rules"),
    purpose=_("Where new tickets go. The first rule that fits takes the ticket."),
    add_label=_("Add rule"),
    tabs=_ASSIGNMENT,
)
classification = rule_table(
    RuleKind.CLASSIFY,
    rule_forms.ClassifyForm,
    url_prefix="admin/assignment_rules/classification",
    url_name="classification_rules",
    title=_("Classification"),
    purpose=_(
        "What new tickets are about, before they are routed. Every rule that fits applies; the"
        " first one that sets a field wins."
    ),
    add_label=_("Add rule"),
    tabs=_ASSIGNMENT,
)
automations = rule_table(
    RuleKind.TRIGGER,
    rule_forms.TriggerForm,
    url_prefix="admin/automations",
    url_name="automations",
    title=_("Automations"),
    purpose=_("What follows when something happens to a ticket. Every rule that fits applies."),
    add_label=_("Add automation"),
    tabs=_AUTOMATIONS,
)
timed = rule_table(
    RuleKind.TIMED,
    rule_forms.TimedForm,
    url_prefix="admin/automations/timed",
    url_name="timed_rules",
    title=_("Timed rules"),
    purpose=_("What follows when nothing happens to a ticket for a while."),
    add_label=_("Add timed rule"),
    tabs=_AUTOMATIONS,
)
escalations = rule_table(
    RuleKind.ESCALATION,
    rule_forms.EscalationForm,
    url_prefix="admin/escalations",
    url_name="escalations",
    title=_("Escalations"),
    purpose=_("Who hears of it when a deadline is near, missed, or a ticket stands still."),
    add_label=_("Add step"),
)
macros = rule_table(
    RuleKind.MACRO,
    rule_forms.MacroForm,
    url_prefix="admin/macros",
    url_name="macros",
    title=_("Macros"),
    purpose=_("Steps agents take with one click."),
    add_label=_("Add macro"),
)
ALL: Final = {
    str(table.kind): table
    for table in (routing, classification, automations, timed, escalations, macros)
}


@require_safe
def list_rules(request: HttpRequest, table: RuleTable) -> HttpResponse:
    """The rules of one kind in their order, and whether they get in each other's way."""
    found = rule_list(table.kind, now=clock.now())
    tabs = [(label, reverse(name), name == table.url_name) for label, name in table.tabs]
    context = {
        "table": table,
        "rules": found,
        "tabs": tabs,
        "add_url": table.url("add"),
    }
    return render_page(request, table.list_template, context)


@require_POST
def use(request: HttpRequest, table: RuleTable, pk: int) -> HttpResponse:
    """Switch a rule on or off."""
    rule = get_object_or_404(table.all_rows(), pk=pk)
    to = "on" if request.POST.get("use") == "on" else "off"
    switch_rule(rule, to=to, actor=request.user, now=clock.now())
    return see_other(request, f"{table.url()}#row-{pk}")


@require_POST
def copy(request: HttpRequest, table: RuleTable, pk: int) -> HttpResponse:
    """The same rule once more, switched off, in its form."""
    rule = get_object_or_404(table.all_rows(), pk=pk)
    made = copy_rule(rule, actor=request.user, now=clock.now())
    return see_other(request, table.url("edit", pk=made.pk))


def words_of_kind(kind: str) -> str:
    """How a kind is called on pages that show several."""
    return str(ALL[kind].title) if kind in ALL else _t("Rules")
