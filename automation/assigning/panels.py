"""What assignment adds to the house: sweeps, its timer, audit labels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from automation.assigning import giving, returning
from core.registries import sweeps
from core.timers import TimerKind, timer_kinds

sweeps.register("automation.assign", giving.sweep)
sweeps.register("automation.timeouts", giving.note_timeouts)
timer_kinds.register(returning.TIMER, TimerKind(_("Give tickets back"), returning.give_back))
