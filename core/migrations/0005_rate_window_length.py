"""The length of a window becomes part of its name.

What was counted until now has no length to be known by, and is forgotten: windows live minutes to
a day.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_timed_actions")]

    operations = [
        migrations.RunSQL("TRUNCATE core_ratewindow", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="ratewindow", name="rate_window_once"),
        migrations.AddField(
            model_name="ratewindow",
            name="seconds",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="ratewindow",
            constraint=models.UniqueConstraint(
                fields=("key", "seconds", "starts_at"), name="rate_window_once"
            ),
        ),
    ]
