"""What the list of policies asks besides its rows."""

from __future__ import annotations

from django import template

from sla.actions import presets
from sla.preset_files import Preset

register = template.Library()


@register.simple_tag
def active_preset() -> Preset | None:
    """The preset whose policies are in use."""
    return presets.active_preset()
