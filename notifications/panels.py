"""What the post office adds to the shell, the settings, the sweeps and the system page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models.role import Permission
from core import registries
from core.registries import NavItem
from core.sweeping import seldom
from notifications import health, unread
from notifications.actions import forget_old
from notifications.dispatch import send_due


def sweep_notices(_now: datetime) -> int:
    """Send what no poke has sent."""
    return send_due()


registries.sweeps.register("notifications.dispatch", sweep_notices)
registries.sweeps.register(
    "notifications.prune",
    seldom("notifications.prune", every=timedelta(hours=6))(forget_old),
)
registries.shell_facts.register("unread_notices", lambda request: unread.count(request.user))
registries.health_checks.register("notifications.failing", health.failing_notices)
registries.health_checks.register("notifications.oldest", health.oldest_due_notice)
registries.verify_checks.register("notifications.deliveries", health.check_deliveries)
for _order, _label, _name, _icon in (
    (69, _("Announcements"), "announcements", "megaphone"),
    (70, _("Integrations"), "integrations", "zap"),
    (71, _("Notices sent"), "notifications:deliveries", "bell"),
):
    registries.nav.register(
        _name,
        NavItem(
            _label,
            _name,
            _icon,
            Permission.SETTINGS_CHANGE,
            _order,
            "settings",
            group=_("Notifications"),
        ),
    )
registries.audit_labels.register("endpoint_tested", _("sent a test to"))
