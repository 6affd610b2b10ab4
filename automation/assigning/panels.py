"""What assignment adds to the house: sweeps, its timer, links among the settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from automation.assigning import giving, returning
from core.registries import NavItem, nav, sweeps
from core.timers import TimerKind, timer_kinds

sweeps.register("automation.assign", giving.sweep)
sweeps.register("automation.timeouts", giving.note_timeouts)
timer_kinds.register(returning.TIMER, TimerKind(_("Give tickets back"), returning.give_back))
for _url_name, _label, _icon, _order in (
    ("routing", _("Routing"), "users", 51),
    ("routing_limits", _("Limits of agents"), "wrench", 52),
    ("routing_fairness", _("Fairness"), "chart-column", 53),
):
    nav.register(
        _url_name,
        NavItem(
            _label, _url_name, _icon, "settings.change", _order, "settings", group=_("Assignment")
        ),
    )
