import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0015_merging_and_incidents"),
        ("accounts", "0004_people_and_teams"),
        ("customers", "0002_facts_for_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("place", models.CharField(blank=True, max_length=300)),
                ("customer_zone", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=9,
                    ),
                ),
                ("outcome", models.TextField(blank=True)),
                ("uid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("is_told", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("created_by_name", models.CharField(blank=True, max_length=160)),
            ],
        ),
        migrations.CreateModel(
            name="TaskItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="TaskTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("checklist", models.TextField(blank=True, max_length=4000)),
                ("due_amount", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "due_unit",
                    models.CharField(
                        choices=[("hours", "business hours"), ("days", "business days")],
                        default="days",
                        max_length=5,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="TimeEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("is_billable", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        choices=[("timer", "Timer"), ("manual", "By hand")], max_length=6
                    ),
                ),
            ],
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_open_due",
        ),
        migrations.AddField(
            model_name="task",
            name="rank_at",
            field=models.DateTimeField(
                default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)),
                fields=["rank_at", "id"],
                name="task_open_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)),
                fields=["owner", "rank_at", "id"],
                name="task_open_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at__isnull", False)),
                fields=["done_at", "id"],
                name="task_done",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appointments",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="responsible",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="appointments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appointments",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="taskitem",
            name="done_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="taskitem",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="tickets.task"
            ),
        ),
        migrations.AddField(
            model_name="tasktemplate",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="task_templates",
                to="accounts.department",
            ),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="time_entries",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="time_entries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["ticket", "starts_at"], name="appointment_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["starts_at", "id"], name="appointment_in_order"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("state", "planned")),
                fields=["responsible", "starts_at"],
                name="appointment_planned",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="appointment_takes_time",
            ),
        ),
        migrations.AddIndex(
            model_name="taskitem",
            index=models.Index(fields=["task", "position", "id"], name="task_item_of_task"),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["ticket", "started_at"], name="time_entry_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["started_at"],
                name="time_entry_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("user",), name="one_running_timer"
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="time_entry_runs_forwards",
            ),
        ),
        migrations.RunSQL(
            "UPDATE tickets_task SET rank_at = due_at WHERE due_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
