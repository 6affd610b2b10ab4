"""How colleagues look: their availability as picture and word, never as a colour alone."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from core import ui

register = template.Library()

_PICTURES = {
    User.Availability.AVAILABLE: "circle-check",
    User.Availability.AWAY: "coffee",
    User.Availability.DO_NOT_DISTURB: "ban",
    User.Availability.UNAVAILABLE: "circle-x",
}


@register.simple_tag
def availability_icon(user: User) -> SafeString:
    """`{% availability_icon request.user %}`: the picture alone, beside a word of its own."""
    return ui.icon(_PICTURES[User.Availability(user.availability)], size="s")


@register.simple_tag
def availability_mark(user: User) -> SafeString:
    """`{% availability_mark row.user %}`: picture and word."""
    return format_html(
        '<span class="attendance attendance--{}">{}{}</span>',
        user.availability,
        availability_icon(user),
        user.get_availability_display(),
    )
