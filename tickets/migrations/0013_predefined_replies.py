"""Predefined replies, their use, and those that are shipped."""

from __future__ import annotations

from typing import Any

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from tickets.preset_replies import REPLIES


def add_replies(apps: Any, schema_editor: Any) -> None:
    """Insert the shipped replies where there are none."""
    replies = apps.get_model("tickets", "PredefinedReply")
    texts = apps.get_model("tickets", "PredefinedText")
    statuses = apps.get_model("tickets", "Status").objects.filter(archived_at=None)
    by_kind = {row.kind: row for row in statuses.order_by("is_default")}
    if replies.objects.exists():
        return
    for position, row in enumerate(REPLIES, start=1):
        reply = replies.objects.create(
            name=row.name,
            folder=row.folder,
            shortcut=row.shortcut,
            type=row.type,
            status_after=by_kind.get(row.kind_after),
            position=position * 10,
        )
        texts.objects.create(reply=reply, language="en", body=row.body)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_desk_preferences"),
        ("tickets", "0012_composing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PredefinedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("filename", models.CharField(max_length=255)),
                ("content_type", models.CharField(max_length=120)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="PredefinedReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("folder", models.CharField(blank=True, max_length=120)),
                (
                    "shortcut",
                    models.CharField(
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,39}$",
                                "One word of small letters, digits and hyphens, such as receipt.",
                            )
                        ],
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("acknowledgement", "Acknowledgement"),
                            ("resolution", "Resolution"),
                            ("follow_up", "Follow-up"),
                            ("closing", "Closing"),
                            ("sla_alert", "SLA breach alert"),
                        ],
                        default="follow_up",
                        max_length=16,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=100)),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "ordering": ["folder", "position", "name", "id"],
            },
        ),
        migrations.CreateModel(
            name="PredefinedText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=16)),
                ("body", models.TextField(max_length=20000)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReplyUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_share", models.FloatField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="predefinedreply",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="predefined_replies",
                to="accounts.department",
            ),
        ),
        migrations.AddField(
            model_name="predefinedreply",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="predefined_replies",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="predefinedreply",
            name="status_after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="predefined_replies",
                to="tickets.status",
            ),
        ),
        migrations.AddField(
            model_name="predefinedfile",
            name="reply",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="tickets.predefinedreply",
            ),
        ),
        migrations.AddField(
            model_name="predefinedtext",
            name="reply",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="texts",
                to="tickets.predefinedreply",
            ),
        ),
        migrations.AddField(
            model_name="replyuse",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="predefined_uses",
                to="tickets.message",
            ),
        ),
        migrations.AddField(
            model_name="replyuse",
            name="predefined",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="uses",
                to="tickets.predefinedreply",
            ),
        ),
        migrations.AddConstraint(
            model_name="predefinedreply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("owner", None)),
                fields=("shortcut",),
                name="predefined_shortcut_shared_once",
                violation_error_message="Another shared reply has this shortcut.",
            ),
        ),
        migrations.AddConstraint(
            model_name="predefinedreply",
            constraint=models.UniqueConstraint(
                fields=("owner", "shortcut"),
                name="predefined_shortcut_own_once",
                violation_error_message="Another reply of yours has this shortcut.",
            ),
        ),
        migrations.AddConstraint(
            model_name="predefinedreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("department", None), ("owner", None), _connector="OR"),
                name="predefined_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="predefinedreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("shortcut__regex", "^[a-z0-9][a-z0-9_-]{0,39}$")),
                name="predefined_shortcut_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="predefinedtext",
            constraint=models.UniqueConstraint(
                fields=("reply", "language"), name="predefined_text_once"
            ),
        ),
        migrations.AddIndex(
            model_name="replyuse",
            index=models.Index(fields=["at", "predefined"], name="reply_use_at"),
        ),
        migrations.AddConstraint(
            model_name="replyuse",
            constraint=models.UniqueConstraint(
                fields=("message", "predefined"), name="reply_use_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="replyuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("changed_share__gte", 0), ("changed_share__lte", 1)),
                name="reply_use_share",
            ),
        ),
        migrations.RunPython(add_replies, migrations.RunPython.noop),
    ]
