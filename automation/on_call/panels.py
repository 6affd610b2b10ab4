"""What on-call adds to the house: timers, kinds of notices, links, health lines, audit labels."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from automation.on_call import health, milestones, page_words, paging
from core.registries import NavItem, audit_labels, health_checks, nav
from core.timers import TimerKind, timer_kinds
from notifications.kinds import NoticeKind, notice_kinds

GROUP: Any = _("On-call")

timer_kinds.register(
    paging.TIMER,
    TimerKind(_("Call the next person"), paging.call_after_silence, paging.lock_of_timer),
)
timer_kinds.register(
    milestones.TIMER, TimerKind(_("Milestone"), milestones.miss, milestones.lock_of_timer)
)
for _kind, _label, _channels in (
    (page_words.PAGED, _("I am paged"), ("mail", "sms")),
    (page_words.MISSED, _("A milestone was missed"), ("mail",)),
):
    notice_kinds.register(_kind, NoticeKind(_kind, _label, _channels, GROUP))

health_checks.register("automation.on_call", health.coverage)
health_checks.register("automation.pages", health.unanswered_pages)
health_checks.register("automation.reach", health.reachability)

nav.register(
    "automation.on_call",
    NavItem(_("On-call"), "on_call:board", "phone", order=55, place="foot"),
)
for _url_name, _text, _icon, _order in (
    ("on_call_schedules", _("On-call schedules"), "calendar", 55),
    ("on_call_roles", _("On-call roles"), "users", 56),
    ("milestone_sets", _("Milestones"), "flag", 57),
    ("contacts", _("Escalation contacts"), "phone", 58),
):
    nav.register(
        _url_name,
        NavItem(_text, _url_name, _icon, "settings.change", _order, "settings", group=GROUP),
    )
audit_labels.register("on_call_override_added", _("let somebody stand in"))
audit_labels.register("on_call_override_removed", _("gave an on-call turn back"))
audit_labels.register("on_call_log_exported", _("exported the on-call log"))
