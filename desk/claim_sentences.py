"""What happened to assets and warranty claims, as sentences of the history."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tickets.models import Event


def claim_sentence(who: SafeString, event: Event) -> SafeString:
    """One sentence for an asset or a claim."""
    step = event.data.get("step", "")
    if event.kind == Event.Kind.ASSET_CHANGED:
        removed, added = _("{} removed the asset {}"), _("{} added the asset {}")
        sentence = removed if step == "removed" else added
        return format_html(sentence, who, _bold(event.data.get("asset", "")))
    sentence = {
        "made": _("{} made a warranty claim for {}"),
        "open": _("{} opened the warranty claim for {} again"),
        "in_progress": _("{} began to work on the warranty claim for {}"),
        "completed": _("{} completed the warranty claim for {}"),
        "cancelled": _("{} cancelled the warranty claim for {}"),
    }.get(step) or _("{} changed the warranty claim for {}")
    return format_html(sentence, who, _bold(event.data.get("serial", "")))


def _bold(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)
