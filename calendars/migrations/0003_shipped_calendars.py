"""The two calendars a new installation starts with: 24×7, and the default one (C5, C6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from calendars.shipped import ROUND_THE_CLOCK, STANDARD
from calendars.versions import fingerprint, stored_spec

# Before any ticket: an imported past is counted in them, too.
ALWAYS_VALID = datetime(1970, 1, 1, tzinfo=UTC)


def add_calendars(apps: Any, schema_editor: Any) -> None:
    """Insert both where the table is empty."""
    calendars = apps.get_model("calendars", "BusinessCalendar").objects
    versions = apps.get_model("calendars", "CalendarVersion").objects
    if calendars.exists():
        return
    shipped = ((STANDARD, {"is_default": True}), (ROUND_THE_CLOCK, {"is_builtin": True}))
    for place, (preset, flags) in enumerate(shipped, start=1):
        words = {key: preset[key] for key in ("slug", "name", "description")}
        calendar = calendars.create(position=place * 10, **words, **flags)
        spec = stored_spec(preset["spec"])
        versions.create(
            calendar=calendar, spec=spec, sha256=fingerprint(spec), valid_from=ALWAYS_VALID
        )


class Migration(migrations.Migration):
    dependencies = [("calendars", "0002_immutable_versions")]

    operations = [migrations.RunPython(add_calendars, migrations.RunPython.noop)]
