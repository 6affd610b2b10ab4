"""What SLA adds to core's registries: its sweeps, checks and health lines."""

from __future__ import annotations

from core import registries
from sla import health, recomputing, sweep

registries.sweeps.register("sla.claim", sweep.claim)
registries.sweeps.register("sla.act", sweep.act)
registries.verify_checks.register("sla.clocks", recomputing.check_clocks)
registries.health_checks.register("sla.lateness", health.lateness)
