"""What the surface of machines adds to the settings and to the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models.role import Permission
from core import registries
from core.registries import NavItem

registries.nav.register(
    "api_keys",
    NavItem(
        _("API keys"),
        "api_keys",
        "key-round",
        Permission.SETTINGS_CHANGE,
        900,
        "settings",
        group=_("System"),
    ),
)
registries.audit_labels.register("api_key_created", _("made an API key"))
registries.audit_labels.register("api_key_revoked", _("revoked an API key"))
