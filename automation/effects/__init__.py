"""Everything rules can do; importing this package registers all effects."""

from automation.effects import fields, tickets
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
    "register",
    "registry",
    "tell_effect",
    "tickets",
]
