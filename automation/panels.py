"""What automation adds to the house: its sweep, and what it tells the system page."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from automation.models import EffectRun
from automation.on_call import panels as _on_call  # noqa: F401 -- registers its own
from automation.retrying import retry_effects
from core.registries import HealthLine, health_checks, sweeps


def _given_up() -> HealthLine:
    count = EffectRun.objects.filter(state=EffectRun.State.GIVEN_UP)[:1000].count()
    text = _t("Effects of rules given up: %(count)d") % {"count": count}
    return HealthLine(_t("Rules"), text, is_well=count == 0, value=count)


sweeps.register("automation.effects", retry_effects)
health_checks.register("automation.effects", _given_up)
