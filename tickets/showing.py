"""Stored bodies and files as pages show them, on the desk and on the portal."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString, mark_safe

from core.sanitiser import SANITISER_VERSION, sanitise
from tickets.models import Attachment


def shown_html(html: str, version: int) -> SafeString:
    """A stored body; one by an older sanitiser is cleaned again until a job has redone it."""
    if html and version < SANITISER_VERSION:
        html = sanitise(html)
    return mark_safe(html)  # noqa: S308 -- sanitised when it came in, or just now


def file_facts(row: Attachment) -> str:
    """Ending and size: "PDF, 214 kB"."""
    ending = row.filename.rpartition(".")[2].upper() if "." in row.filename else ""
    size = filesizeformat(row.size)
    return f"{ending}, {size}" if ending else size
