"""What automation adds to the house: its sweep, and what it tells the system page."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation import notices as _notices  # noqa: F401 -- registers its reactions
from automation import rule_panels as _rules  # noqa: F401 -- registers its own
from automation.assigning import panels as _assigning  # noqa: F401 -- registers its own
from automation.dry_run.impact import preview_rule
from automation.models import EffectRun
from automation.on_call import panels as _on_call  # noqa: F401 -- registers its own
from automation.retention import count_away
from automation.retrying import retry_effects
from automation.timed import fire_due
from core.registries import HealthLine, Impact, health_checks, impact_previews, sweeps
from core.sweeping import seldom
from notifications.kinds import MAIL, NoticeKind, notice_kinds


def _given_up() -> HealthLine:
    count = EffectRun.objects.filter(state=EffectRun.State.GIVEN_UP)[:1000].count()
    text = _t("Effects of rules given up: %(count)d") % {"count": count}
    return HealthLine(_t("Rules"), text, is_well=count == 0, value=count)


sweeps.register("automation.effects", retry_effects)
sweeps.register("automation.timed", fire_due)
for _key, _label in (
    ("ticket.assigned", _("A ticket is given to you")),
    ("ticket.customer_replied", _("A customer answers in your tickets")),
    ("ticket.escalated", _("Escalations")),
    ("ticket.rule", _("Other rules")),
):
    notice_kinds.register(_key, NoticeKind(_key, _label, channels=(MAIL,), group=_("Tickets")))
sweeps.register(
    "automation.retention", seldom("automation.retention", every=timedelta(days=1))(count_away)
)
health_checks.register("automation.effects", _given_up)
impact_previews.register("automation.rule", Impact("automation.rule", preview_rule))
