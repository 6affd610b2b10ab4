#!/usr/bin/env python3
"""The project's command line; intake of a mail leaves it before Django is imported."""

import os
import sys

NEEDS_DJANGO = ("--file", "--dry-run", "--drain", "--replay", "--help", "-h")


def main() -> None:
    if spools(sys.argv[1:]):
        spool_stdin(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the spool must live without Django

    execute_from_command_line(sys.argv)


def spools(arguments: list[str]) -> bool:
    """True for a mail server's call: settings, database or Redis must not lose its mail."""
    if arguments[:1] != ["mailpipe"]:
        return False
    options = arguments[1:]
    values = {
        index + 1 for index, word in enumerate(options) if word in ("--recipient", "--sender")
    }
    return not any(
        word.partition("=")[0] in NEEDS_DJANGO
        for index, word in enumerate(options)
        if index not in values
    )


def spool_stdin(arguments: list[str]) -> None:
    """Never returns: 0 (durable) or 75 (try again), since any other status bounces the mail."""
    try:
        from mailpipe.spool import run  # noqa: PLC0415 - a broken checkout must end with 75

        run(arguments)
    finally:
        os._exit(75)


if __name__ == "__main__":
    main()
