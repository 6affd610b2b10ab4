"""What the mail floor adds to core's registries: sweeps, checks, health, files in use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import registries
from core.registries import NavItem
from mailpipe import health
from mailpipe.dispatch import send_due
from mailpipe.drain import drain
from mailpipe.retention import digests_in_use, forget_raw_mails


def sweep_spool(_now: datetime) -> int:
    """Drain, should beat's own entry be late."""
    return drain()


def sweep_outbox(_now: datetime) -> int:
    """Send what no poke has sent."""
    return send_due()


registries.sweeps.register("mailpipe.drain", sweep_spool)
registries.sweeps.register("mailpipe.send", sweep_outbox)
registries.sweeps.register("mailpipe.raw", forget_raw_mails)
registries.referenced_digests.register("mailpipe.raw", digests_in_use)

for _line in (
    health.oldest_spooled,
    health.unsettled_mails,
    health.failed_mails,
    health.quarantined_mails,
    health.oldest_due_mail,
    health.dead_mails,
):
    registries.health_checks.register(f"mailpipe.{_line.__name__}", _line)

for _check in (
    health.check_replies,
    health.check_withdrawn,
    health.check_delivery_states,
    health.check_outbox,
    health.check_ledger,
):
    registries.verify_checks.register(f"mailpipe.{_check.__name__}", _check)


def _settings_link(label: Any, url_name: str, icon: str, order: int) -> None:
    permission = "settings.change" if url_name == "spam_filters" else "mail.inspect"
    link = NavItem(label, url_name, icon, permission, order, "settings", group=_("Mail"))
    registries.nav.register(url_name, link)


_settings_link(_("Received mail"), "mailpipe:ledger", "inbox", 60)
_settings_link(_("Outbox"), "mailpipe:outbox", "send", 61)
_settings_link(_("Spam filters"), "spam_filters", "shield-alert", 62)
