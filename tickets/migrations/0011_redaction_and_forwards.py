from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_bulk_runs")]
    operations = [
        migrations.AddField(
            model_name="attachment",
            name="redacted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="redacted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tickets.message",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("inbound", "Message"),
                    ("reply", "Reply"),
                    ("note", "Internal note"),
                    ("forward", "Forward"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("source__isnull", False)),
                fields=["source"],
                name="message_source",
            ),
        ),
    ]
