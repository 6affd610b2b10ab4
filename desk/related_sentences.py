"""What became of a ticket among others, as sentences: merged, split, part of an incident."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import Event

RELATING_KINDS = (
    Event.Kind.MERGED,
    Event.Kind.MERGED_IN,
    Event.Kind.UNMERGED,
    Event.Kind.PARTED,
    Event.Kind.SPLIT,
    Event.Kind.UNLINKED,
    Event.Kind.INCIDENT,
)


def related(who: SafeString, event: Event) -> SafeString:
    """The sentence of an event that has to do with another ticket."""
    if event.kind == Event.Kind.INCIDENT:
        return _incident(who, event)
    sentence = {
        Event.Kind.MERGED: _("{} merged this ticket into {}"),
        Event.Kind.MERGED_IN: _("{} merged {} into this ticket"),
        Event.Kind.UNMERGED: _("{} took this ticket out of {} again"),
        Event.Kind.PARTED: _("{} took {} out of this ticket again"),
        Event.Kind.SPLIT: _("{} split messages off into {}"),
        Event.Kind.UNLINKED: _("{} took this ticket away from {}"),
    }[Event.Kind(event.kind)]
    number = event.data.get("into") or event.data.get("number", "")
    return format_html(sentence, who, format_html("<b>#{}</b>", number))


def _incident(who: SafeString, event: Event) -> SafeString:
    count = event.data.get("tickets", 0)
    match event.data.get("step"):
        case "declared":
            return format_html(_("{} declared an incident"), who)
        case "withdrawn":
            return format_html(_("{} said that this is no incident"), who)
        case "closing":
            words = ngettext(
                "{} wrote to the customer of {} ticket and closed it",
                "{} wrote to the customers of {} tickets and closed them",
                count,
            )
        case _other:
            words = ngettext(
                "{} wrote to the customer of {} ticket",
                "{} wrote to the customers of {} tickets",
                count,
            )
    return format_html(words, who, format_html("<b>{}</b>", count))
