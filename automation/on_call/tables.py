"""Settings tables: schedules, roles, milestones, the directory of contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation.models import (
    Contact,
    MilestoneSet,
    MilestoneSpec,
    OnCallRole,
    OnCallSchedule,
    OnCallSeat,
)
from automation.on_call.directory_forms import ContactForm, MilestoneSetForm, MilestoneSpecForm
from automation.on_call.forms import OnCallRoleForm, ScheduleForm
from automation.on_call.schedules import freeze, seat_people
from core.crud import ManagedTable


def _schedules() -> QuerySet[OnCallSchedule]:
    return OnCallSchedule.objects.select_related("department")


def _roles() -> QuerySet[OnCallRole]:
    seats = Prefetch("seats", OnCallSeat.objects.select_related("user"))
    return OnCallRole.objects.select_related("schedule").prefetch_related(seats)


def _name(row: OnCallSchedule) -> SafeString | str:
    if row.is_enabled:
        return row.name
    return format_html('{} <span class="tag">{}</span>', row.name, _t("Not in use"))


def _handover(row: OnCallSchedule) -> str:
    return f"{row.get_handover_weekday_display()} {row.handover_time:%H:%M} ({row.time_zone})"


def _people(row: OnCallRole) -> SafeString | str:
    names = ", ".join(seat.user.display_name for seat in row.seats.all())
    return names or format_html('<span class="tag tag--danger">{}</span>', _t("Nobody"))


def _take_schedule(row: OnCallSchedule, *, actor: Any, now: datetime) -> None:
    freeze(row, now=now)


def _take_role(row: OnCallRole, *, actor: Any, now: datetime) -> None:
    freeze(row.schedule, now=now)


def _save_role(form: OnCallRoleForm, *, actor: Any, now: datetime) -> OnCallRole:
    return seat_people(form.instance, people=form.people, actor=actor, now=now)


def _why_keep_schedule(row: OnCallSchedule) -> str:
    return _t("Somebody is being paged by it.") if row.pages.open().exists() else ""


def _specs() -> QuerySet[MilestoneSpec]:
    return MilestoneSpec.objects.select_related("milestone_set")


def _sets() -> QuerySet[MilestoneSet]:
    return MilestoneSet.objects.prefetch_related("specs")


def _due(row: MilestoneSpec) -> str:
    words = _t("every %(minutes)d min") if row.repeats else _t("%(minutes)d min")
    return words % {"minutes": row.minutes}


def _contacts() -> QuerySet[Contact]:
    return Contact.objects.select_related("user", "calendar", "next_contact", "pagerduty")


schedules = ManagedTable(
    model=OnCallSchedule,
    form_class=ScheduleForm,
    url_prefix="admin/on_call/schedules",
    url_name="on_call_schedules",
    title=_("On-call schedules"),
    purpose=_("When turns change, and how long a page waits for an answer."),
    add_label=_("Add schedule"),
    columns=[
        (_("Name"), _name),
        (_("Department"), lambda row: row.department or _("All")),
        (_("Hand-over"), _handover),
        (_("Minutes to acknowledge"), lambda row: row.acknowledge_minutes),
    ],
    archived="archived_at",
    rows=_schedules,
    kept_because=_why_keep_schedule,
    on_saved=_take_schedule,
    is_removable=False,
)
roles = ManagedTable(
    model=OnCallRole,
    form_class=OnCallRoleForm,
    url_prefix="admin/on_call/roles",
    url_name="on_call_roles",
    title=_("On-call roles"),
    purpose=_("Who takes turns, and who is called when nobody answers."),
    add_label=_("Add role"),
    columns=[
        (_("Schedule"), lambda row: row.schedule),
        (_("Level"), lambda row: row.level),
        (_("Role"), lambda row: row.name),
        (_("Turns"), _people),
    ],
    archived="archived_at",
    rows=_roles,
    on_rearranged=_take_role,
    save=_save_role,
    is_removable=False,
)
milestone_sets = ManagedTable(
    model=MilestoneSet,
    form_class=MilestoneSetForm,
    url_prefix="admin/on_call/protocols",
    url_name="milestone_sets",
    title=_("Milestone sets"),
    purpose=_("Protocols a rule or an agent starts on a ticket."),
    add_label=_("Add set"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("Milestones"), lambda row: ", ".join(f"{s.label} {_due(s)}" for s in row.specs.all())),
    ],
    ordering="position",
    archived="archived_at",
    rows=_sets,
)
milestones = ManagedTable(
    model=MilestoneSpec,
    form_class=MilestoneSpecForm,
    url_prefix="admin/on_call/milestones",
    url_name="milestone_specs",
    title=_("Milestones"),
    purpose=_("What has to be reached within which time."),
    add_label=_("Add milestone"),
    columns=[
        (_("Set"), lambda row: row.milestone_set),
        (_("Milestone"), lambda row: row.label),
        (_("Due"), _due),
        (_("Reached when"), lambda row: row.get_reached_display()),
    ],
    rows=_specs,
)
contacts = ManagedTable(
    model=Contact,
    form_class=ContactForm,
    url_prefix="admin/contacts",
    url_name="contacts",
    title=_("Escalation contacts"),
    purpose=_("Whom to turn to, tier by tier."),
    add_label=_("Add contact"),
    columns=[
        (_("Tier"), lambda row: row.tier),
        (_("Lead"), lambda row: row.lead_name),
        (_("Reach"), lambda row: row.reach),
        (_("Available"), lambda row: row.hours),
        (_("PagerDuty"), lambda row: row.pagerduty or ""),
        (_("Next contact"), lambda row: row.next_contact or ""),
    ],
    ordering="position",
    archived="archived_at",
    rows=_contacts,
)
ALL = (schedules, roles, milestone_sets, milestones, contacts)
