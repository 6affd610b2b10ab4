"""Seats, plans, tickets that wait for an agent, and what was decided."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people_and_teams"),
        ("automation", "0001_initial"),
        ("tickets", "0007_times_of_older_tickets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_enabled",
                    models.BooleanField(default=False, verbose_name="Give out every new ticket"),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("round_robin", "In turn"),
                            ("least_loaded", "Whoever has the fewest tickets"),
                            ("skill", "By skill"),
                            ("dedicated", "The customer's own agent"),
                            ("senior", "Senior agents"),
                            ("specialist", "Specialists by name"),
                            ("on_call", "Whoever is on call"),
                            ("manual", "By hand"),
                        ],
                        default="round_robin",
                        max_length=12,
                        verbose_name="Method",
                    ),
                ),
                (
                    "fallback",
                    models.CharField(
                        choices=[
                            ("round_robin", "In turn"),
                            ("least_loaded", "Whoever has the fewest tickets"),
                        ],
                        default="least_loaded",
                        max_length=12,
                        verbose_name="When the own agent or nobody on call can",
                    ),
                ),
                (
                    "is_sticky",
                    models.BooleanField(
                        default=False, verbose_name="The previous agent of a customer first"
                    ),
                ),
                (
                    "queue_timeout",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10080),
                        ],
                        verbose_name="Minutes a ticket may wait for an agent",
                    ),
                ),
                ("turns", models.BigIntegerField(default=0)),
                (
                    "department",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routing_plan",
                        to="accounts.department",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Specialists",
                    ),
                ),
                (
                    "skills",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="accounts.skill",
                        verbose_name="Skills every ticket needs",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgentSeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("primary", "Primary"), ("backup", "Backup")],
                        default="primary",
                        max_length=8,
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
                (
                    "hard_cap",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                    ),
                ),
                (
                    "push_below",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                    ),
                ),
                ("last_seq", models.BigIntegerField(default=0)),
                ("credit", models.IntegerField(default=0)),
                ("credit_of", models.PositiveIntegerField(default=1)),
                ("is_resting", models.BooleanField(default=False)),
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seat",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 1), ("weight__lte", 10)),
                        name="seat_weight",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit_of__gte", 1)), name="seat_credit_of"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("round_robin", "In turn"),
                            ("least_loaded", "Whoever has the fewest tickets"),
                            ("skill", "By skill"),
                            ("dedicated", "The customer's own agent"),
                            ("senior", "Senior agents"),
                            ("specialist", "Specialists by name"),
                            ("on_call", "Whoever is on call"),
                            ("manual", "By hand"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("assigned", "assigned"),
                            ("waiting", "nobody could take it"),
                            ("timed_out", "waited too long"),
                        ],
                        max_length=10,
                    ),
                ),
                ("chosen_name", models.CharField(blank=True, max_length=160)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("candidates", models.JSONField(default=list)),
                (
                    "chosen",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="automation.rulerun",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ticket", "-id"], name="assignment_of_ticket"),
                    models.Index(fields=["department", "at"], name="assignment_of_department"),
                    models.Index(fields=["chosen", "-at"], name="assignment_of_agent"),
                    models.Index(fields=["at"], name="assignment_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingTicket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("round_robin", "In turn"),
                            ("least_loaded", "Whoever has the fewest tickets"),
                            ("skill", "By skill"),
                            ("dedicated", "The customer's own agent"),
                            ("senior", "Senior agents"),
                            ("specialist", "Specialists by name"),
                            ("on_call", "Whoever is on call"),
                            ("manual", "By hand"),
                        ],
                        max_length=12,
                    ),
                ),
                ("wanted", models.JSONField(default=dict)),
                ("asked_by", models.JSONField(default=dict)),
                ("since", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("tried_at", models.DateTimeField(null=True)),
                ("timed_out_at", models.DateTimeField(null=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_tickets",
                        to="accounts.department",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="automation.rulerun",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_for_agent",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["department", "tried_at"], name="waiting_of_department")
                ],
            },
        ),
    ]
