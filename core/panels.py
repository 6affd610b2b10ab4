"""What the ground floor adds to the shell and to the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import NavItem, audit_labels, nav

nav.register(
    "core.audit_log",
    NavItem(
        _("Audit log"),
        "audit_log",
        "history",
        permission="audit.read",
        place="settings",
        group=_("System"),
        order=910,
    ),
)
nav.register(
    "core.system",
    NavItem(
        _("System"),
        "system",
        "server",
        permission="system.read",
        place="settings",
        group=_("System"),
        order=920,
    ),
)
for verb, label in (
    ("created", _("added")),
    ("changed", _("changed")),
    ("moved", _("moved")),
    ("archived", _("archived")),
    ("restored", _("took back into use")),
    ("removed", _("removed")),
    ("exported", _("exported")),
    ("option_changed", _("changed a setting")),
    ("delivery_redriven", _("sent again")),
    ("job_started", _("started a job")),
    ("job_cancelled", _("stopped a job")),
):
    audit_labels.register(verb, label)
