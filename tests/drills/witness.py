"""An app of the drills alone: it writes down every deadline that is announced, however often."""

from __future__ import annotations

import os

from django.apps import AppConfig
from django.db import connection

# No key and no constraint: what is announced twice stands here twice.
TABLE = """
CREATE TABLE drill_witness (
    clock bigint, threshold text, generation int, at timestamptz DEFAULT clock_timestamp()
)
"""
_SEEN = "INSERT INTO drill_witness (clock, threshold, generation) VALUES (%s, %s, %s)"


class WitnessConfig(AppConfig):
    name = "tests.drills"
    label = "drills"

    def ready(self) -> None:
        if os.environ.get("DRILL_WITNESS"):
            _listen()


def _listen() -> None:
    from core.events import on
    from sla.events import ClockBreached, ClockWarned

    on(ClockWarned)(_see)
    on(ClockBreached)(_see)


def _see(event: object) -> None:
    firing = event.firing  # type: ignore[attr-defined] -- both events have one
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [firing.clock_id, firing.threshold, firing.generation])
