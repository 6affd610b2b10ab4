"""What `manage.py verify` looks at on the ground floor: files and options."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from core import files, options
from core.models import Option
from core.registries import Finding, referenced_digests, verify_checks


def check_files(*, repair: bool) -> list[Finding]:
    """Every file a row refers to is there and has the digest that names it (D-29)."""
    wanted = {digest for in_use in referenced_digests.entries() for digest in in_use()}
    findings: list[Finding] = []
    for digest in sorted(wanted):
        if not files.exists(digest):
            findings.append(Finding(f"file {digest} is missing"))
        elif not files.is_intact(digest):
            findings.append(Finding(f"file {digest} was altered"))
    return findings


def check_options(*, repair: bool) -> list[Finding]:
    """Every stored option fits its declaration; one that does not falls back to its default."""
    findings: list[Finding] = []
    for row in Option.objects.filter(key__in=options.declared()):
        try:
            options.clean(options.declared()[row.key], row.value)
        except ValidationError:
            if repair:
                row.delete()
                options.forget()
            findings.append(Finding(f"option {row.key} has a value out of bounds", repaired=repair))
    return findings


def register() -> None:
    """Offer the checks to `manage.py verify`."""
    verify_checks.register("core.files", check_files)
    verify_checks.register("core.options", check_options)
