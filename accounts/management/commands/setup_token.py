"""Prints a one-time token for `/admin/setup`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import OwnerExists, issue_setup_token
from core import clock


class Command(BaseCommand):
    """Worth 24 hours; older tokens die."""

    help = "Print a one-time token for the setup page; refused once there is an owner."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = issue_setup_token(now=clock.now())
        except OwnerExists as error:
            raise CommandError("There is an owner already.") from error
        self.stdout.write(f"{settings.SITE_URL}/admin/setup\n{token}")
