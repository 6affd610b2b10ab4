from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0019_searching"),
    ]
    operations = [
        migrations.AddField(
            model_name="scheduledreply",
            name="changed_share",
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name="scheduledreply",
            name="promise_due_at",
            field=models.DateTimeField(null=True),
        ),
    ]
