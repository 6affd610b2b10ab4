"""What calendars add to the settings and to the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import NavItem, audit_labels, nav

nav.register(
    "calendars",
    NavItem(
        _("Calendars"),
        "calendars",
        "calendar",
        permission="settings.change",
        place="settings",
        group=_("Deadlines"),
        order=30,
    ),
)
audit_labels.register("calendar_default", _("made it the default calendar"))
