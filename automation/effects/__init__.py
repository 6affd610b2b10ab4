"""Everything rules can do; importing this package registers all effects."""

from automation.effects import (
    assignment,
    closing,
    custom_fields,
    fields,
    macros,
    on_call,
    telling,
    tickets,
)
from automation.effects.registry import (
    ALL_KINDS,
    Case,
    Done,
    EffectFailed,
    EffectSpec,
    clean_effects,
    register,
    registry,
    tell_effect,
)

__all__ = [
    "ALL_KINDS",
    "Case",
    "Done",
    "EffectFailed",
    "EffectSpec",
    "assignment",
    "clean_effects",
    "closing",
    "custom_fields",
    "fields",
    "macros",
    "on_call",
    "register",
    "registry",
    "tell_effect",
    "telling",
    "tickets",
]
