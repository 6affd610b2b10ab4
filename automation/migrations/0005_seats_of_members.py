"""A plan for every department and a seat for every member there is already."""

from typing import Any

from django.db import migrations


def seat_members(apps: Any, schema_editor: Any) -> None:
    department = apps.get_model("accounts", "Department")
    membership = apps.get_model("accounts", "Membership")
    plan = apps.get_model("automation", "RoutingPlan")
    seat = apps.get_model("automation", "AgentSeat")
    plan.objects.bulk_create(
        plan(department_id=pk) for pk in department.objects.values_list("pk", flat=True)
    )
    seat.objects.bulk_create(
        seat(membership_id=pk) for pk in membership.objects.values_list("pk", flat=True)
    )


class Migration(migrations.Migration):
    dependencies = [("automation", "0004_escalation")]

    operations = [migrations.RunPython(seat_members, migrations.RunPython.noop)]
