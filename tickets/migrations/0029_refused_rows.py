from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0028_promises_made_good"),
    ]
    operations = [
        migrations.AlterField(
            model_name="bulkrunticket",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "not reached"),
                    ("done", "changed"),
                    ("same", "was so already"),
                    ("refused", "refused"),
                ],
                default="pending",
                max_length=8,
            ),
        ),
    ]
