"""Automation: one rule engine for routing, assignment, escalation, triggers, macros and on-call."""

from __future__ import annotations

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "automation"
    default_auto_field = "django.db.models.BigAutoField"
