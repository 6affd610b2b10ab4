"""Rows a new installation starts with."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from tickets.presets import PRIORITIES, SERVICES, STATUSES


def add_vocabulary(apps: Any, schema_editor: Any) -> None:
    """Insert statuses, priorities and services where the table is empty."""
    status, priority, service = (
        apps.get_model("tickets", name) for name in ("Status", "Priority", "Service")
    )
    if not status.objects.exists():
        for position, row in enumerate(STATUSES, start=1):
            status.objects.create(position=position * 10, is_default=True, **row)
    if not priority.objects.exists():
        for row in PRIORITIES:
            priority.objects.create(**row)
    if not service.objects.exists():
        for position, (slug, name) in enumerate(SERVICES, start=1):
            service.objects.create(slug=slug, name=name, position=position * 10)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_append_only_history")]

    operations = [migrations.RunPython(add_vocabulary, migrations.RunPython.noop)]
