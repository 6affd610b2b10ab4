"""What the desk adds to core's registries: its links in the shell, its keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.jobs import kinds
from core.registries import NavItem, audit_labels, nav, sweeps
from desk import bulk, rail
from desk.commands import register_commands

nav.register("desk.home", NavItem(_("Home"), "desk:home", "house", order=5))
nav.register(
    "desk.queue",
    NavItem(_("Queue"), "desk:queue", "inbox", order=10, is_tab=True, counter=rail.tickets_waiting),
)
nav.register(
    "desk.tasks",
    NavItem(_("Tasks"), "desk:tasks", "list-checks", order=20, counter=rail.tasks_today),
)
nav.register(
    "desk.appointments", NavItem(_("Appointments"), "desk:appointments", "calendar", order=21)
)
nav.register(
    "desk.clients", NavItem(_("Customers"), "desk:clients", "users", order=60, place="foot")
)
nav.register(
    "desk.assets",
    NavItem(
        _("Assets"),
        "desk:assets",
        "package",
        order=61,
        place="foot",
        also=("/admin/assets/", "/admin/warranty_claims"),
    ),
)
register_commands()
audit_labels.register("raw_mail_downloaded", _("downloaded a raw mail"))
kinds.register(bulk.KIND, bulk.JOB)
sweeps.register(bulk.KIND, bulk.finish_left)
