"""How colleagues look: their availability as picture and word, never as a colour alone."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from core import ui

register = template.Library()

_CHOICES = User.Availability.choices
_CHOSEN = format_html(" {}", "selected")

_PICTURES = {
    User.Availability.AVAILABLE: "circle-check",
    User.Availability.AWAY: "coffee",
    User.Availability.DO_NOT_DISTURB: "ban",
    User.Availability.UNAVAILABLE: "circle-x",
}


@register.simple_tag
def availability_icon(availability: str) -> SafeString:
    """`{% availability_icon row.availability %}`: the picture alone, beside a word of its own."""
    return ui.icon(_PICTURES[User.Availability(availability)], size="s")


@register.simple_tag
def availability_options(chosen: str) -> SafeString:
    """The options of a select with what is chosen."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, _CHOSEN if value == chosen else "", label) for value, label in _CHOICES),
    )


@register.simple_tag
def availability_mark(user: User) -> SafeString:
    """`{% availability_mark row.user %}`: picture and word."""
    return format_html(
        '<span class="attendance attendance--{}">{}{}</span>',
        user.availability,
        availability_icon(user.availability),
        user.get_availability_display(),
    )
