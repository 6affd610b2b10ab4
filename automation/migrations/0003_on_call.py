"""On-call schedules, pages, milestones and contacts; the emergency protocol of R77 is shipped."""

import datetime
from typing import Any

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.user
import automation.models.on_call

EMERGENCY = "Emergency protocol"
SPECS = (
    ("Acknowledge", 15, "acknowledgement", False),
    ("Diagnose", 30, "hand", False),
    ("Workaround or estimated time", 60, "hand", False),
    ("Update the customer", 30, "reply", True),
)


def ship_emergency_protocol(apps: Any, schema_editor: Any) -> None:
    """R77's milestones; managers may change them."""
    protocol = apps.get_model("automation", "MilestoneSet").objects.create(
        name=EMERGENCY, description="What an emergency demands by when."
    )
    spec = apps.get_model("automation", "MilestoneSpec")
    for label, minutes, reached, repeats in SPECS:
        spec.objects.create(
            milestone_set=protocol, label=label, minutes=minutes, reached=reached, repeats=repeats
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people_and_teams"),
        ("automation", "0002_assignment"),
        ("calendars", "0003_shipped_calendars"),
        ("notifications", "0001_initial"),
        ("tickets", "0007_times_of_older_tickets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MilestoneSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="MilestoneSpec",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10080),
                        ]
                    ),
                ),
                (
                    "reached",
                    models.CharField(
                        choices=[
                            ("hand", "Somebody marks it as done"),
                            ("acknowledgement", "The page is acknowledged or staff answer"),
                            ("reply", "Staff answer the customer"),
                        ],
                        default="hand",
                        max_length=16,
                    ),
                ),
                ("repeats", models.BooleanField(default=False)),
                (
                    "milestone_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="specs",
                        to="automation.milestoneset",
                    ),
                ),
            ],
            options={
                "ordering": ["milestone_set", "repeats", "minutes", "id"],
            },
        ),
        migrations.CreateModel(
            name="OnCallSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "time_zone",
                    models.CharField(
                        max_length=64, validators=[accounts.models.user.validate_time_zone]
                    ),
                ),
                (
                    "handover_weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                    ),
                ),
                ("handover_time", models.TimeField(default=datetime.time(9, 0))),
                ("starts_on", models.DateField()),
                (
                    "acknowledge_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(240),
                        ],
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "endpoints",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="notifications.endpoint"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="OnCallRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9),
                        ],
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="automation.oncallschedule",
                    ),
                ),
            ],
            options={
                "ordering": ["schedule", "level", "id"],
            },
        ),
        migrations.CreateModel(
            name="OnCallSeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="automation.oncallrole",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["role", "position"],
            },
        ),
        migrations.CreateModel(
            name="OnCallShift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shifts",
                        to="automation.oncallrole",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("exhausted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="automation.oncallschedule",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pages",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="PageStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("paged", "paged"),
                            ("empty", "nobody was on call"),
                            ("unreachable", "could not be reached"),
                        ],
                        max_length=12,
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="automation.page",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="automation.oncallrole",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="RotaVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("spec", models.JSONField()),
                ("valid_from", models.DateTimeField()),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="automation.oncallschedule",
                    ),
                ),
            ],
            options={
                "ordering": ["schedule", "valid_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tier", models.CharField(max_length=80, unique=True)),
                ("lead", models.CharField(blank=True, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("slack_channel", models.CharField(blank=True, max_length=80)),
                ("availability", models.CharField(blank=True, max_length=120)),
                ("instructions", models.TextField(blank=True, max_length=2000)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="calendars.businesscalendar",
                    ),
                ),
                (
                    "next_contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="automation.contact",
                    ),
                ),
                (
                    "pagerduty",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"kind": "pagerduty"},
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.endpoint",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_contact", None),
                            models.Q(("next_contact", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="contact_not_own_next",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("set_name", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=120)),
                ("minutes", models.PositiveSmallIntegerField()),
                (
                    "reached",
                    models.CharField(
                        choices=[
                            ("hand", "Somebody marks it as done"),
                            ("acknowledgement", "The page is acknowledged or staff answer"),
                            ("reply", "Staff answer the customer"),
                        ],
                        max_length=16,
                    ),
                ),
                ("repeats", models.BooleanField(default=False)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "spec",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="automation.milestonespec",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [models.Index(fields=["ticket", "id"], name="milestone_of_ticket")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("dropped_at", None)),
                        fields=("ticket", "set_name", "label"),
                        name="milestone_open_once",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="oncallrole",
            constraint=models.UniqueConstraint(
                fields=("schedule", "name"), name="on_call_role_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="oncallseat",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("role", "position"),
                name="on_call_seat_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="oncallshift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="on_call_shift_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="oncallshift",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (automation.models.on_call.OneNumber("role"), "&&"),
                    (automation.models.on_call.TimeSpan("starts_at", "ends_at"), "&&"),
                ],
                name="on_call_shift_alone",
            ),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(fields=["schedule", "-opened_at"], name="page_of_schedule"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("ticket", "cause"),
                name="page_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("ticket", None)),
                fields=("schedule", "cause"),
                name="page_open_without_ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="pagestep",
            index=models.Index(fields=["-at"], name="page_step_newest"),
        ),
        migrations.AddConstraint(
            model_name="pagestep",
            constraint=models.UniqueConstraint(fields=("page", "role"), name="page_step_once"),
        ),
        migrations.RunPython(ship_emergency_protocol, migrations.RunPython.noop),
    ]
