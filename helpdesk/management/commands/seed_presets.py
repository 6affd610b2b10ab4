"""Adds the seeds' calendars and rules, puts one SLA preset in force: `manage.py seed_presets`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from automation.preset_files import all_presets
from automation.presets_applying import apply_preset as add_rules
from calendars.presets import ensure_presets
from core import clock
from sla.actions.presets import PRESETS, apply_preset
from sla.preset_files import DEFAULT


class Command(BaseCommand):
    """Safe to run twice: what is there already stays as managers left it."""

    help = "Add the shipped calendars, put one SLA preset in force, add presets of rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--policy", choices=list(PRESETS), default=DEFAULT, help="the SLA preset"
        )
        parser.add_argument(
            "--rules",
            nargs="*",
            choices=list(all_presets()),
            default=[],
            help="presets of rules to add, switched off",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        for calendar in ensure_presets(actor=None, now=now):
            self.stdout.write(f"Calendar {calendar}")
        for policy in apply_preset(options["policy"], actor=None, now=now):
            self.stdout.write(f"Policy {policy}")
        for slug in options["rules"]:
            for rule in add_rules(slug, actor=None, now=now):
                self.stdout.write(f"Rule {rule}")
