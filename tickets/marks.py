"""How statuses and priorities look: glyph, word and colour as ready markup."""

from __future__ import annotations

from django.utils.safestring import SafeString

from core import ui
from tickets.models import Priority, Status
from tickets.models.vocabulary import Kind
from tickets.presets import STATUSES

GLYPHS: dict[str, str] = {
    Kind.NEW: "disc",
    Kind.OPEN: "half",
    Kind.WAITING_CUSTOMER: "reply",
    Kind.WAITING_THIRD_PARTY: "bars",
    Kind.ESCALATED: "up",
    Kind.RESOLVED: "check",
    Kind.CLOSED: "check",
}
# The shipped colours have pairs balanced by hand; any other colour takes its class from the theme.
_SHIPPED = {(row["slug"], row["color"]) for row in STATUSES}


def status_badge(status: Status) -> SafeString:
    """Glyph, word, soft fill."""
    return ui.badge(status.name, **status_look(status.pk, status.slug, status.kind, status.color))


def status_glyph(status: Status) -> SafeString:
    """The glyph alone, the word for the ear."""
    return ui.glyph(status.name, **status_look(status.pk, status.slug, status.kind, status.color))


def status_look(pk: int, slug: str, kind: str, color: str) -> dict[str, str]:
    """The arguments of `core.ui.badge` for a status given by its columns."""
    glyph = GLYPHS.get(kind, "disc")
    if (slug, color) in _SHIPPED:
        return {"glyph": glyph, "tone": slug}
    return {"glyph": glyph, "key": f"status-{pk}"}


def priority_mark(priority: Priority) -> SafeString:
    """Rising bars and the word."""
    return ui.priority_mark(priority.name, priority.rank)
