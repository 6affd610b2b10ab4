"""Everything rules can do; importing this package registers all effects."""

from automation.effects import fields, on_call, tickets
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
    "clean_effects",
    "fields",
    "on_call",
    "register",
    "registry",
    "tell_effect",
    "tickets",
]
