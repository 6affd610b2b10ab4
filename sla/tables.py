"""Settings tables of the rules: `/admin/sla`, `/admin/sla/queues`, `/admin/sla/exclusions`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.crud import ManagedTable
from sla.actions.policies import save_policy, take_change
from sla.durations import short_target
from sla.models import QueueTarget, ServiceExclusion, SlaPolicy
from sla.policy_forms import PolicyForm
from sla.rule_forms import QueueTargetForm, ServiceExclusionForm
from sla.words import calendar_text, targets_line, who_text


def _policies() -> QuerySet[SlaPolicy]:
    return SlaPolicy.objects.select_related("calendar").prefetch_related("targets")


def _name(row: SlaPolicy) -> SafeString | str:
    if row.is_enabled:
        return row.name
    return format_html('{} <span class="tag">{}</span>', row.name, _t("Not in use"))


def _promises(row: SlaPolicy) -> str:
    if row.excluded_reason:
        return _t("No deadlines: %(reason)s") % {"reason": row.excluded_reason}
    return targets_line(row.targets.all()) or _t("Nothing")


def _save(form: PolicyForm, *, actor: Any, now: datetime) -> SlaPolicy:
    return save_policy(form.instance, targets=form.targets, actor=actor, now=now)


policies = ManagedTable(
    model=SlaPolicy,
    form_class=PolicyForm,
    url_prefix="admin/sla",
    url_name="sla_policies",
    title=_("SLA policies"),
    purpose=_("What you promise to whom. The first policy that fits a ticket counts."),
    add_label=_("Add policy"),
    columns=[
        (_("Name"), _name),
        (_("For whom"), who_text),
        (_("Promises"), _promises),
        (_("Calendar"), lambda row: calendar_text(row.calendar)),
    ],
    ordering="position",
    archived="archived_at",
    rows=_policies,
    save=_save,
    on_rearranged=take_change,
    changes=PolicyForm.spec_changes,
    is_removable=False,
    list_template="sla/policies.html",
    form_template="sla/policy.html",
)
queues = ManagedTable(
    model=QueueTarget,
    form_class=QueueTargetForm,
    url_prefix="admin/sla/queues",
    url_name="sla_queues",
    title=_("Targets of departments"),
    purpose=_("The first response a department promises where no policy promises one."),
    add_label=_("Add target"),
    columns=[
        (_("Department"), lambda row: row.department),
        (_("First response"), lambda row: short_target(row.amount, row.unit)),
        (_("Calendar"), lambda row: calendar_text(row.calendar)),
        (_("Warn at"), lambda row: ", ".join(row.thresholds)),
    ],
    rows=lambda: QueueTarget.objects.select_related("department", "calendar").order_by(
        "department__position", "pk"
    ),
    on_saved=take_change,
    on_rearranged=take_change,
)
exclusions = ManagedTable(
    model=ServiceExclusion,
    form_class=ServiceExclusionForm,
    url_prefix="admin/sla/exclusions",
    url_name="sla_exclusions",
    title=_("Services without deadlines"),
    purpose=_("Tickets of these services have no clocks and say why."),
    add_label=_("Add service"),
    columns=[
        (_("Service"), lambda row: row.service),
        (_("Reason"), lambda row: row.reason),
    ],
    rows=lambda: ServiceExclusion.objects.select_related("service").order_by(
        "service__position", "pk"
    ),
    on_saved=take_change,
    on_rearranged=take_change,
)
