"""What SLA adds to core's registries: sweeps, checks, health lines, links and uses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core import registries
from core.registries import NavItem, Usage
from sla import answer_times, health, previews, recomputing, sweep, usage
from sla import what_if as _what_if  # noqa: F401 -- registers the job

registries.sweeps.register("sla.claim", sweep.claim)
registries.sweeps.register("sla.act", sweep.act)
registries.sweeps.register("sla.answer_times", answer_times.refresh)
registries.verify_checks.register("sla.clocks", recomputing.check_clocks)
registries.health_checks.register("sla.lateness", health.lateness)


def _settings_link(label: Any, url_name: str, icon: str, order: int) -> None:
    link = NavItem(
        label, url_name, icon, "settings.change", order, "settings", group=_("Deadlines")
    )
    registries.nav.register(url_name, link)


_settings_link(_("SLA policies"), "sla_policies", "clock", 31)
_settings_link(_("Targets of departments"), "sla_queues", "inbox", 32)
_settings_link(_("Services without deadlines"), "sla_exclusions", "tag", 33)
_settings_link(_("Deadline simulator"), "sla_simulator", "clock", 34)
_settings_link(_("What if"), "sla_what_if", "hourglass", 35)
_settings_link(_("Versions of the rules"), "sla_versions", "history", 36)

for _key, _model, _counts, _words in (
    ("sla.priority", "tickets.priority", usage.of_priorities, usage.policy_words),
    ("sla.service", "tickets.service", usage.of_services, usage.policy_words),
    ("sla.department", "accounts.department", usage.of_departments, usage.policy_words),
    ("sla.calendar", "calendars.businesscalendar", usage.of_calendars, usage.policy_words),
    ("sla.queue_calendar", "calendars.businesscalendar", usage.queues_of_calendars,
     usage.queue_words),
    ("sla.queue", "accounts.department", usage.queues_of_departments, usage.queue_words),
    ("sla.exclusion", "tickets.service", usage.exclusions_of_services, usage.exclusion_words),
    ("sla.policy", "sla.slapolicy", usage.open_tickets, usage.ticket_words),
):  # fmt: skip
    registries.usage_counts.register(_key, Usage(_model, _counts, _words))
for _key, _impact in previews.IMPACTS.items():
    registries.impact_previews.register(_key, _impact)
registries.audit_labels.register("sla_policies_restored", _("brought back policies of"))
registries.audit_labels.register("sla_preset_applied", _("put a preset in force"))
