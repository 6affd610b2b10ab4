from __future__ import annotations

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_customer_file")]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, unique=True)),
                ("sku", models.CharField(blank=True, max_length=60)),
                ("warranty_months", models.PositiveSmallIntegerField(default=24)),
                ("terms", models.TextField(blank=True, max_length=4000)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("warranty_months__lte", 600)),
                        name="product_warranty_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.CharField(max_length=80)),
                ("serial_key", models.CharField(max_length=80)),
                ("purchased_on", models.DateField(blank=True, null=True)),
                ("warranty_until", models.DateField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=300)),
                ("notes", models.TextField(blank=True, max_length=4000)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assets",
                        to="customers.customer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assets",
                        to="customers.organisation",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="customers.product",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceContract",
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
                            ("amc", "AMC (annual maintenance)"),
                            ("cmc", "CMC (comprehensive maintenance)"),
                        ],
                        max_length=3,
                    ),
                ),
                ("number", models.CharField(max_length=60, unique=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("terms", models.TextField(blank=True, max_length=4000)),
                ("visits_included", models.PositiveSmallIntegerField(default=0)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "assets",
                    models.ManyToManyField(
                        blank=True, related_name="contracts", to="customers.asset"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="service_contracts",
                        to="customers.customer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="service_contracts",
                        to="customers.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["ends_on", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    models.F("serial_key"), "varchar_pattern_ops"
                ),
                name="asset_serial",
            ),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["customer", "id"], name="asset_of_customer"),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["organisation", "id"], name="asset_of_organisation"),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("archived_at", None), ("warranty_until__isnull", False)),
                fields=["warranty_until"],
                name="asset_warranty_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.UniqueConstraint(
                fields=("product", "serial_key"), name="asset_serial_once"
            ),
        ),
        migrations.AddIndex(
            model_name="servicecontract",
            index=models.Index(
                condition=models.Q(("archived_at", None)),
                fields=["ends_on", "id"],
                name="service_contract_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecontract",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="service_contract_ends_after_start",
            ),
        ),
    ]
