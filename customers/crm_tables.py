"""The settings table of systems that are asked for records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.crud import ManagedTable
from customers.actions.connections import save_connection
from customers.crm_forms import ConnectionForm
from customers.models import CrmConnection


def _save(form: ConnectionForm, *, actor: Any, now: datetime) -> CrmConnection:
    connection = form.instance if form.instance.pk else None
    return save_connection(connection, facts=form.facts, actor=actor, now=now)


def _state(row: CrmConnection) -> str:
    """How it went last."""
    if not row.is_active:
        return _now("Switched off")
    if row.last_error:
        return row.last_error
    return _now("Answers") if row.last_ok_at else _now("Not asked yet")


connections = ManagedTable(
    model=CrmConnection,
    form_class=ConnectionForm,
    url_prefix="admin/crm",
    url_name="crm",
    title=_("CRM"),
    purpose=_("Where invoices, orders, contracts and opportunities of customers come from."),
    add_label=_("Add a connection"),
    columns=[
        (_("Name"), lambda row: row.name),
        (_("System"), lambda row: row.get_kind_display()),
        (_("Address"), lambda row: row.base_url),
        (_("State"), _state),
    ],
    is_removable=False,
    save=_save,
    list_template="customers/connections.html",
    form_template="customers/connection.html",
)
