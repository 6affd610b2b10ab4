from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_predefined_replies")]
    operations = []
