"""The roles every installation starts with."""

from __future__ import annotations

from typing import Any

from django.db import migrations

AGENT = ["tickets.work"]
MANAGER = [
    "tickets.work",
    "tickets.all",
    "tickets.delete",
    "customers.change",
    "mail.inspect",
    "settings.change",
    "staff.change",
    "audit.read",
    "system.read",
]
ROLES: list[dict[str, Any]] = [
    {"slug": "owner", "name": "Owner", "is_owner": True, "permissions": MANAGER},
    {"slug": "manager", "name": "Manager", "permissions": MANAGER},
    {"slug": "agent", "name": "Agent", "permissions": AGENT},
    {"slug": "customer", "name": "Customer", "is_staff": False},
]


def add_roles(apps: Any, schema_editor: Any) -> None:
    """Insert the shipped roles."""
    role = apps.get_model("accounts", "Role")
    for position, row in enumerate(ROLES, start=1):
        role.objects.get_or_create(
            slug=row["slug"], defaults=row | {"is_shipped": True, "position": position * 10}
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
