"""Whom our mail comes from: the department, by its own name and address (mail.md 62)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Department
from mailpipe.addresses import mailbox
from tickets.vocabulary import department_by_id, departments


def department_mailbox(department: Department | None) -> str:
    """The From header of a mail of `department`."""
    return mailbox(department.name if department else "", sender_address(department))


def sender_address(department: Department | None) -> str:
    """The address a department sends from: its own, else the default one's, else the site's."""
    known = department_by_id(department.pk) if department else None
    default = [row for row in departments() if row.is_default]
    for candidate in (known or department, *default):
        if candidate is not None and candidate.address:
            return candidate.address
    return f"support@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"
