from __future__ import annotations

from django.db import migrations, models
from django.db.models import F

# What was broken before nobody could say whether it was made good; it holds no ticket up.


def made_good(apps, schema_editor):
    promises = apps.get_model("tickets", "Promise")
    promises.objects.filter(state="broken").update(answered_at=F("ended_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0027_open_by_due"),
    ]
    operations = [
        migrations.AddField(
            model_name="promise",
            name="answered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(made_good, migrations.RunPython.noop),
    ]
