"""Settings tables of the vocabulary: `/admin/tickets/{statuses,priorities,services}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core import ui
from core.crud import ManagedTable
from core.events import emit
from tickets.events import VocabularyChanged
from tickets.marks import status_badge
from tickets.models import Priority, Service, Status, Ticket
from tickets.resettling import resettle_tickets
from tickets.vocabulary import forget_vocabulary
from tickets.vocabulary_forms import PriorityForm, ServiceForm, StatusForm


def _after_vocabulary(row: Status | Priority | Service, *, actor: Any, now: datetime) -> None:
    forget_vocabulary()
    emit(VocabularyChanged(row=row, actor=actor, now=now))
    if isinstance(row, Status | Priority):
        resettle_tickets(row, actor=actor, now=now)


def _why_keep_status(row: Status) -> str:
    others = Status.objects.filter(kind=row.kind, archived_at=None).exclude(pk=row.pk)
    return "" if others.exists() else _t("It is the only status of its kind.")


def _why_keep_priority(row: Priority) -> str:
    return _t("New tickets start with it.") if row.is_default else ""


def _replace_status(old: Status, new: Status, *, actor: Any, now: datetime) -> None:
    Ticket.objects.filter(status=old).update(status=new)
    resettle_tickets(new, actor=actor, now=now)


def _replace_priority(old: Priority, new: Priority, *, actor: Any, now: datetime) -> None:
    Ticket.objects.filter(priority=old).update(priority=new)
    resettle_tickets(new, actor=actor, now=now)


def _replace_service(old: Service, new: Service, *, actor: Any, now: datetime) -> None:
    Ticket.objects.filter(service=old).update(service=new)


def _services() -> QuerySet[Service]:
    return Service.objects.select_related("parent", "department", "default_priority")


def _service_name(row: Service) -> str:
    return f"{row.parent} › {row.name}" if row.parent else row.name


statuses = ManagedTable(
    model=Status,
    form_class=StatusForm,
    url_prefix="admin/tickets/statuses",
    url_name="statuses",
    title=_("Statuses"),
    purpose=_("Where a ticket stands, in your words."),
    add_label=_("Add status"),
    columns=[
        (_("Name"), status_badge),
        (_("Kind"), lambda row: row.get_kind_display()),
        (_("Meaning"), lambda row: row.meaning),
        (_("Customers read"), lambda row: row.customer_label),
    ],
    ordering="position",
    archived="archived_at",
    kept_because=_why_keep_status,
    replace=_replace_status,
    on_saved=_after_vocabulary,
    preview=lambda row: row.customer_words,
)
priorities = ManagedTable(
    model=Priority,
    form_class=PriorityForm,
    url_prefix="admin/tickets/priorities",
    url_name="priorities",
    title=_("Priorities"),
    purpose=_("How urgent a ticket is; rank 1 comes first."),
    add_label=_("Add priority"),
    columns=[
        (_("Name"), lambda row: ui.priority_mark(row.name, min(row.rank, 4))),
        (_("Rank"), lambda row: row.rank),
        (_("Definition"), lambda row: row.definition),
    ],
    archived="archived_at",
    kept_because=_why_keep_priority,
    replace=_replace_priority,
    on_saved=_after_vocabulary,
)
services = ManagedTable(
    model=Service,
    form_class=ServiceForm,
    url_prefix="admin/tickets/services",
    url_name="services",
    title=_("Services"),
    purpose=_("What requests are about; reports count by them."),
    add_label=_("Add service"),
    columns=[
        (_("Name"), _service_name),
        (_("Department"), lambda row: row.department or ""),
        (_("Priority to start with"), lambda row: row.default_priority or ""),
        (_("Customers may choose it"), lambda row: _("Yes") if row.is_portal_visible else _("No")),
    ],
    ordering="position",
    archived="archived_at",
    rows=_services,
    replace=_replace_service,
    on_saved=_after_vocabulary,
)
