"""Typed events: the only way a low floor reaches a higher one."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from django.apps import apps
from django.db import transaction

MAX_DEPTH = 8


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """What happened; `root` names the first event of its chain, `depth` counts the steps."""

    root: uuid.UUID | None = None
    depth: int = 0


E = TypeVar("E", bound=DomainEvent)
Reaction = Callable[[E], None]

_reactions: dict[type[DomainEvent], list[Callable[..., None]]] = {}
_current: ContextVar[DomainEvent | None] = ContextVar("current_event", default=None)


class EmittedOutsideTransaction(RuntimeError):
    """An event was emitted where a failing reaction could not undo the action."""


def on(event_type: type[E]) -> Callable[[Reaction[E]], Reaction[E]]:
    """Register the decorated function as a reaction to `event_type`."""

    def register(reaction: Reaction[E]) -> Reaction[E]:
        registered = _reactions.setdefault(event_type, [])
        if reaction not in registered:
            registered.append(reaction)
            registered.sort(key=_floor)
        return reaction

    return register


def emit(event: DomainEvent) -> DomainEvent:
    """Run all reactions to `event`, lowest floor first, inside the caller's transaction.

    Returns the event as the reactions saw it, with root and depth set.
    Raises EmittedOutsideTransaction without one, RecursionError past MAX_DEPTH.
    """
    if not transaction.get_connection().in_atomic_block:
        raise EmittedOutsideTransaction(type(event).__name__)
    event = _placed(event)
    token = _current.set(event)
    try:
        for reaction in _reactions.get(type(event), ()):
            reaction(event)
    finally:
        _current.reset(token)
    return event


def wiring() -> dict[str, list[str]]:
    """Who reacts to what: event name to dotted reaction names, in the order they run."""
    return {
        event_type.__name__: [f"{r.__module__}.{r.__qualname__}" for r in reactions]
        for event_type, reactions in sorted(_reactions.items(), key=lambda item: item[0].__name__)
    }


def _placed(event: DomainEvent) -> DomainEvent:
    cause = _current.get()
    if cause is None:
        return dataclasses.replace(event, root=uuid.uuid4(), depth=0)
    if cause.depth >= MAX_DEPTH:
        raise RecursionError(f"{type(event).__name__} lies deeper than {MAX_DEPTH} events")
    return dataclasses.replace(event, root=cause.root, depth=cause.depth + 1)


def _floor(reaction: Callable[..., None]) -> int:
    labels = [config.name for config in apps.get_app_configs()]
    owner = reaction.__module__.split(".")[0]
    return labels.index(owner) if owner in labels else len(labels)
