"""How fast the what-if plays the tickets of a database: read and counted, one process.

    DATABASE_URL=… python -m bench.what_if [days]

The rules in force are played over the tickets of the last `days` (3650) that have clocks.
"""

from __future__ import annotations

import os
import sys
import time

import django


def measure(days: int) -> None:
    """Print tickets a second: all in all, and of playing alone."""
    from core import clock
    from sla.histories import chunks, tickets_since
    from sla.simulate import simulate, throughout
    from sla.simulation_report import SimulationReport
    from sla.versions import rules_for, stored_calendars, version_in_force

    now = clock.now()
    timeline = throughout(rules_for(version_in_force(now=now)))
    report = SimulationReport()
    begin = time.perf_counter()
    cpu = time.process_time()
    playing = 0.0
    for chunk in chunks(tickets_since(days, now=now), as_of=now):
        started = time.perf_counter()
        simulate(timeline, stored_calendars, chunk, as_of=now, report=report)
        playing += time.perf_counter() - started
    whole = time.perf_counter() - begin
    cpu = time.process_time() - cpu
    tickets = report.tickets + report.skipped.total()
    clocks = sum(side.met + side.late for sides in report.cells.values() for side in sides[1:])
    print(
        f"{tickets} tickets, {clocks} judged clocks, {report.added} added, {report.removed} spared"
    )
    print(f"all in all {tickets / whole:,.0f}/s ({tickets / cpu:,.0f}/s of own processor time)")
    print(f"playing alone {tickets / playing:,.0f}/s")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3650)
