"""What the pages of rules add to core's registries: links, uses, words of the audit log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from automation import usage
from core import registries
from core.registries import NavItem, Usage


def _settings_link(label: Any, url_name: str, icon: str, order: int, *kinds: str) -> None:
    """Under Rules; the versions of the rules of `kinds` belong to the page, too."""
    also = tuple(f"/admin/rules/{kind}" for kind in kinds)
    link = NavItem(
        label, url_name, icon, "settings.change", order, "settings", group=_("Rules"), also=also
    )
    registries.nav.register(url_name, link)


_ROUTING_TOO = ("routing", "classify", "presets", "conflicts")
_settings_link(_("Assignment rules"), "assignment_rules", "list-ordered", 41, *_ROUTING_TOO)
_settings_link(_("Automations"), "automations", "zap", 42, "trigger", "timed")
_settings_link(_("Escalations"), "escalations", "arrow-up", 43, "escalation")
_settings_link(_("Macros"), "macros", "list-checks", 44, "macro")
_settings_link(_("Test rules"), "rules_test", "circle-check", 45)
_settings_link(_("What rules did"), "rule_runs", "history", 46)

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
