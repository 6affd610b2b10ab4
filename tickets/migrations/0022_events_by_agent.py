from __future__ import annotations

from django.db import migrations, models

# An agent's own numbers of today and of thirty days; at 100,000 tickets the key's own index
# read all that person ever did.


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0021_scheduled_extras"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["actor_user", "at"],
                name="event_by_agent",
                condition=models.Q(actor_user__isnull=False),
            ),
        ),
    ]
