from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0017_custom_fields"),
        ("customers", "0004_assets_and_contracts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("message_received", "message received"),
                    ("replied", "replied"),
                    ("note_added", "note added"),
                    ("changed", "changed"),
                    ("closed", "closed"),
                    ("reopened", "reopened"),
                    ("marked_spam", "marked as spam"),
                    ("unmarked_spam", "marked as no spam"),
                    ("tagged", "tags changed"),
                    ("followers_changed", "followers changed"),
                    ("linked", "linked"),
                    ("delivery_failed", "delivery failed"),
                    ("reply_withdrawn", "reply withdrawn"),
                    ("released", "message approved"),
                    ("deleted", "deleted"),
                    ("merged", "merged"),
                    ("escalated", "escalated"),
                    ("deescalated", "no longer escalated"),
                    ("snoozed", "snoozed"),
                    ("woken", "back in the queue"),
                    ("unpinned", "hand-over note unpinned"),
                    ("task_changed", "task changed"),
                    ("watchers_changed", "watchers changed"),
                    ("merged_in", "another ticket merged in"),
                    ("unmerged", "merge undone"),
                    ("parted", "a merged ticket went out again"),
                    ("split", "split"),
                    ("unlinked", "link removed"),
                    ("incident", "incident"),
                    ("promise", "promise"),
                    ("reply_scheduled", "scheduled reply"),
                    ("forwarded", "forwarded"),
                    ("forward_withdrawn", "forward withdrawn"),
                    ("redacted", "redacted"),
                    ("appointment_changed", "appointment changed"),
                    ("time_changed", "time changed"),
                    ("asset_changed", "asset changed"),
                    ("claim_changed", "warranty claim changed"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="ExpiryNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_on", models.DateField()),
                ("told_at", models.DateTimeField()),
                (
                    "asset",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expiry_notices",
                        to="customers.asset",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expiry_notices",
                        to="customers.servicecontract",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contract"], name="expiry_notice_contract")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("asset", "contract", "ends_on"),
                        name="expiry_notice_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asset", None), ("contract__isnull", False)),
                            models.Q(("asset__isnull", False), ("contract", None)),
                            _connector="OR",
                        ),
                        name="expiry_notice_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketAsset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_at", models.DateTimeField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticket_links",
                        to="customers.asset",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asset_links",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "asset"), name="ticket_asset_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WarrantyClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_progress", "Work in Progress"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=11,
                    ),
                ),
                ("issue_date", models.DateField()),
                ("complaint", models.TextField(max_length=4000)),
                (
                    "cover_kind",
                    models.CharField(
                        choices=[
                            ("warranty", "Warranty"),
                            ("cmc", "CMC"),
                            ("amc", "AMC"),
                            ("none", "No cover"),
                        ],
                        max_length=8,
                    ),
                ),
                ("cover_until", models.DateField(null=True)),
                ("cover_terms", models.TextField(blank=True)),
                ("service_address", models.CharField(blank=True, max_length=300)),
                ("visited_on", models.DateField(null=True)),
                ("resolution", models.TextField(blank=True, max_length=4000)),
                ("resolution_date", models.DateField(null=True)),
                ("customer_feedback", models.TextField(blank=True, max_length=4000)),
                ("created_at", models.DateTimeField()),
                ("created_by_name", models.CharField(blank=True, max_length=160)),
                (
                    "asset",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="claims",
                        to="customers.asset",
                    ),
                ),
                (
                    "service_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="claims",
                        to="tickets.appointment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="claim_state")],
            },
        ),
    ]
