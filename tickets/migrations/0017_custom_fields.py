from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0016_appointments_and_time"),
        ("accounts", "0004_people_and_teams"),
        ("customers", "0002_facts_for_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerFieldValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500)),
                ("number", models.DecimalField(decimal_places=4, max_digits=19, null=True)),
                ("day", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                ("slug", models.SlugField(max_length=40, unique=True)),
                (
                    "entity",
                    models.CharField(
                        choices=[("ticket", "Tickets"), ("customer", "Customers")],
                        default="ticket",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("dropdown", "Choice of one"),
                            ("multi", "Choice of several"),
                            ("checkbox", "Checkbox"),
                            ("url", "Link"),
                        ],
                        default="text",
                        max_length=10,
                    ),
                ),
                ("help_text", models.CharField(blank=True, max_length=200)),
                ("required_to_submit", models.BooleanField(default=False)),
                ("required_to_resolve", models.BooleanField(default=False)),
                ("show_on_client_portal", models.BooleanField(default=False)),
                ("editable_by_customer", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="FieldOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500)),
                ("number", models.DecimalField(decimal_places=4, max_digits=19, null=True)),
                ("day", models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="customerfieldvalue",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="custom_values",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="customfield",
            name="departments",
            field=models.ManyToManyField(blank=True, related_name="+", to="accounts.department"),
        ),
        migrations.AddField(
            model_name="customfield",
            name="services",
            field=models.ManyToManyField(blank=True, related_name="+", to="tickets.service"),
        ),
        migrations.AddField(
            model_name="customerfieldvalue",
            name="field",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.customfield",
            ),
        ),
        migrations.AddField(
            model_name="fieldoption",
            name="field",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="options",
                to="tickets.customfield",
            ),
        ),
        migrations.AddField(
            model_name="customerfieldvalue",
            name="option",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.fieldoption",
            ),
        ),
        migrations.AddField(
            model_name="fieldvalue",
            name="field",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.customfield",
            ),
        ),
        migrations.AddField(
            model_name="fieldvalue",
            name="option",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.fieldoption",
            ),
        ),
        migrations.AddField(
            model_name="fieldvalue",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="custom_values",
                to="tickets.ticket",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldoption",
            constraint=models.UniqueConstraint(
                models.F("field"),
                django.db.models.functions.text.Lower("label"),
                name="field_option_label_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerfieldvalue",
            constraint=models.UniqueConstraint(
                fields=("customer", "field", "option"),
                name="customer_field_value_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(
                condition=models.Q(("option__isnull", False)),
                fields=["field", "option", "ticket"],
                name="field_value_option",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(
                condition=models.Q(("number__isnull", False)),
                fields=["field", "number", "ticket"],
                name="field_value_number",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(
                condition=models.Q(("day__isnull", False)),
                fields=["field", "day", "ticket"],
                name="field_value_day",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(
                models.F("field"),
                django.db.models.functions.text.Lower("text"),
                models.F("ticket"),
                condition=models.Q(("text", ""), _negated=True),
                name="field_value_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldvalue",
            constraint=models.UniqueConstraint(
                fields=("ticket", "field", "option"), name="field_value_once", nulls_distinct=False
            ),
        ),
    ]
