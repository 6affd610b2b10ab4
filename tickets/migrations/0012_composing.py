from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_redaction_and_forwards")]
    operations = []
