"""Makes the first owner: `manage.py createowner --email … --name …`."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import OwnerExists, create_owner
from core import clock


class Command(BaseCommand):
    """Asks for the password, or reads it from standard input."""

    help = "Make the first owner; refused once there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        password = self._password(from_stdin=options["password_stdin"])
        try:
            validate_password(password)
            create_owner(options["email"], name=options["name"], password=password, now=clock.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OwnerExists as error:
            raise CommandError("There is an owner already; sign in and invite others.") from error
        self.stdout.write(f"{options['email']} is the owner.")

    def _password(self, *, from_stdin: bool) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        return getpass.getpass("Password: ")
