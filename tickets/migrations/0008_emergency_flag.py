from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0007_times_of_older_tickets"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="is_emergency",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
