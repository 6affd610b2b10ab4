"""What the pages of rules add to core's registries: links, uses, words of the audit log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from automation import usage
from core import registries
from core.registries import NavItem, Usage


def _settings_link(label: Any, url_name: str, icon: str, order: int) -> None:
    link = NavItem(label, url_name, icon, "settings.change", order, "settings", group=_("Rules"))
    registries.nav.register(url_name, link)


_settings_link(_("Assignment rules"), "assignment_rules", "list-ordered", 41)
_settings_link(_("Automations"), "automations", "zap", 42)
_settings_link(_("Escalations"), "escalations", "arrow-up", 43)
_settings_link(_("Macros"), "macros", "list-checks", 44)
_settings_link(_("Presets of rules"), "rule_presets", "copy", 48)
_settings_link(_("What rules did"), "rule_runs", "history", 49)

for _model in usage.NAMED_IN:
    registries.usage_counts.register(
        f"automation.{_model}", Usage(_model, usage.counts_of(_model), usage.rule_words)
    )
registries.usage_counts.register(
    "automation.calendar",
    Usage("calendars.businesscalendar", usage.of_calendars, usage.rule_words),
)
registries.audit_labels.register("rules_restored", _("brought back rules of"))
registries.audit_labels.register("rules_preset_applied", _("took over a preset of rules"))
