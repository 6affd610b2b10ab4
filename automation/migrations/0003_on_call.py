"""Filled by the part it is named after."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("automation", "0002_assignment")]

    operations: list[migrations.operations.base.Operation] = []
