"""What rules can do: every effect says its arguments, its sentence, and how it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from automation.arguments import Argument, clean_arguments
from automation.engine import RuleSpec
from automation.models import EffectRun, RuleKind, RuleRun
from core.registries import Registry
from tickets.actors import Actor
from tickets.models import Message, Ticket

ALL_KINDS: Final = frozenset(RuleKind.values)
MAX_EFFECTS: Final = 20


class EffectFailed(Exception):
    """The effect could not be done now; the text says why, and it is tried again."""


class Done(NamedTuple):
    """How an effect went, for the log: a state of `EffectRun` and a few words."""

    state: str = EffectRun.State.DONE
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What an effect may know. `key` is the same however often this very effect is tried.

    The row of `ticket` is locked. `user` is whoever clicked a macro; nobody for all other rules.
    """

    ticket: Ticket
    rule: RuleSpec
    key: str
    now: datetime
    actor: Actor
    trigger: str
    message: Message | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    user: User | None = None
    run: RuleRun | None = None


@dataclass(frozen=True, kw_only=True)
class EffectSpec:
    """One thing rules can do.

    `changes` answers new values for fields of `tickets.actions.Changes`: those of all effects of
    an evaluation become one change-set. `act` does everything else, in a savepoint of its own.
    """

    key: str
    label: Any
    group: Any
    tell: Callable[[Mapping[str, Any]], str]
    arguments: tuple[Argument, ...] = ()
    changes: Callable[[Case, Mapping[str, Any]], Mapping[str, Any]] | None = None
    act: Callable[[Case, Mapping[str, Any]], Done] | None = None
    kinds: frozenset[str] = ALL_KINDS


registry: Registry[EffectSpec] = Registry("effects")


def register(spec: EffectSpec) -> EffectSpec:
    """Make an effect known under its key."""
    return registry.register(spec.key, spec)


def clean_effects(effects: Any, *, kind: str) -> list[dict[str, Any]]:
    """Effects in their stored form. Raises ValidationError, each error naming its effect."""
    if not isinstance(effects, list) or len(effects) > MAX_EFFECTS:
        raise ValidationError(_("Use at most %(count)d effects.") % {"count": MAX_EFFECTS})
    cleaned, errors = [], []
    for number, effect in enumerate(effects, start=1):
        try:
            cleaned.append(_cleaned(effect, kind))
        except ValidationError as refusal:
            errors += [
                ValidationError(
                    _("Effect %(number)d: %(error)s") % {"number": number, "error": error}
                )
                for error in refusal.messages
            ]
    if errors:
        raise ValidationError(errors)
    return cleaned


def tell_effect(effect: Mapping[str, Any]) -> str:
    """An effect in words: "set the priority to Urgent"."""
    spec = dict(registry).get(effect.get("effect", ""))
    if spec is None:
        return _("do something this version does not know (%(name)s)") % {
            "name": effect.get("effect", "")
        }
    return spec.tell(effect)


def _cleaned(effect: Any, kind: str) -> dict[str, Any]:
    key = effect.get("effect") if isinstance(effect, dict) else None
    if not isinstance(key, str) or key not in registry or kind not in registry[key].kinds:
        raise ValidationError(_("Choose what is to be done."))
    return {"effect": key, **clean_arguments(registry[key].arguments, effect)}
