"""Mail: durable intake, recognition, and the outbox."""

from __future__ import annotations

from django.apps import AppConfig


class MailpipeConfig(AppConfig):
    name = "mailpipe"
    default_auto_field = "django.db.models.BigAutoField"
