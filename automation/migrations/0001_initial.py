import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_department_calendar"),
        ("calendars", "0003_shipped_calendars"),
        ("tickets", "0005_sla_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleSetVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("classify", "Classification"),
                            ("routing", "Routing"),
                            ("trigger", "Automation"),
                            ("escalation", "Escalation"),
                            ("timed", "Timed rule"),
                            ("macro", "Macro"),
                        ],
                        max_length=12,
                    ),
                ),
                ("spec", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RuleRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("classify", "Classification"),
                            ("routing", "Routing"),
                            ("trigger", "Automation"),
                            ("escalation", "Escalation"),
                            ("timed", "Timed rule"),
                            ("macro", "Macro"),
                        ],
                        max_length=12,
                    ),
                ),
                ("trigger", models.CharField(max_length=40)),
                ("root", models.UUIDField(null=True)),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "applied"),
                            ("no_match", "no rule matched"),
                            ("loop_guard", "stopped: rules were going in circles"),
                            ("error", "failed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "matched",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("found", models.JSONField(default=dict)),
                ("notes", models.JSONField(default=list)),
                ("actor_name", models.CharField(blank=True, max_length=160)),
                ("ms", models.FloatField(default=0)),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rule_runs",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="automation.rulesetversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("classify", "Classification"),
                            ("routing", "Routing"),
                            ("trigger", "Automation"),
                            ("escalation", "Escalation"),
                            ("timed", "Timed rule"),
                            ("macro", "Macro"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveIntegerField(default=100)),
                ("is_enabled", models.BooleanField(default=True)),
                ("trigger", models.CharField(blank=True, max_length=40)),
                ("trigger_args", models.JSONField(blank=True, default=dict)),
                ("conditions", models.JSONField(blank=True, default=dict)),
                ("effects", models.JSONField(blank=True, default=list)),
                ("goes_on", models.BooleanField(default=False)),
                ("stops", models.BooleanField(default=False)),
                ("overrides_agents", models.BooleanField(default=False)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("preset", models.CharField(blank=True, max_length=40)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.businesscalendar",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "position", "id"],
                "indexes": [models.Index(fields=["kind", "position", "id"], name="rule_order")],
            },
        ),
        migrations.CreateModel(
            name="EffectRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60, unique=True)),
                ("rule_id", models.BigIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("effect", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("done", "done"),
                            ("nothing", "nothing to do"),
                            ("overruled", "overruled"),
                            ("no_recipient", "nobody to tell"),
                            ("failed", "failed, will be tried again"),
                            ("given_up", "given up"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("attempts", models.PositiveSmallIntegerField(default=1)),
                ("due_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effects",
                        to="automation.rulerun",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "failed")),
                        fields=["due_at", "id"],
                        name="effect_due",
                    ),
                    models.Index(fields=["rule_id", "-at"], name="effect_of_rule"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="rulesetversion",
            index=models.Index(fields=["kind", "-id"], name="rule_version_newest"),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["ticket", "-id"], name="run_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["kind", "-id"], name="run_of_kind"),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["outcome", "-id"], name="run_outcome"),
        ),
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["at"], name="run_at"),
        ),
        migrations.CreateModel(
            name="RunCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("classify", "Classification"),
                            ("routing", "Routing"),
                            ("trigger", "Automation"),
                            ("escalation", "Escalation"),
                            ("timed", "Timed rule"),
                            ("macro", "Macro"),
                        ],
                        max_length=12,
                    ),
                ),
                ("trigger", models.CharField(max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "applied"),
                            ("no_match", "no rule matched"),
                            ("loop_guard", "stopped: rules were going in circles"),
                            ("error", "failed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "kind", "trigger", "outcome"), name="run_count_once"
                    )
                ],
            },
        ),
    ]
