"""Single values that managers may change: typed, bounded, cached, audited."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import audit
from core.memo import remembered
from core.models import Option

Kind = Literal["bool", "int", "float", "str", "text", "choice", "list"]

FRESH_SECONDS = 5.0
SHARED_SECONDS = 60
MAX_LENGTH: dict[str, int] = {"str": 500, "text": 20_000, "choice": 120}
MAX_ITEMS = 1_000


@dataclass(frozen=True)
class OptionSpec:
    """One declared option; `label` and `help` may be lazy translations."""

    key: str
    kind: Kind
    default: Any
    label: Any
    help: Any = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: Sequence[tuple[str, Any]] = ()


_specs: dict[str, OptionSpec] = {}


def declare(spec: OptionSpec) -> OptionSpec:
    """Make `spec` known. Raises ValueError when its key is taken or its default is bad."""
    if _specs.setdefault(spec.key, spec) != spec:
        raise ValueError(f"option {spec.key} is declared twice")
    try:
        clean(spec, spec.default)
    except ValidationError as refusal:
        raise ValueError(f"option {spec.key} has a bad default") from refusal
    return spec


def declared() -> dict[str, OptionSpec]:
    """All declared options by key, in the order of declaration."""
    return dict(_specs)


def value(key: str) -> Any:
    """The value in force. Raises KeyError when nothing declares `key`."""
    spec = _specs[key]
    found = _current_values().get(key, spec.default)
    return list(found) if spec.kind == "list" else found


@transaction.atomic
def set_value(key: str, value: Any, *, actor: Any, now: datetime) -> Any:
    """Store a value; returns it as stored.

    Raises ValidationError when it breaks the declared type or bounds. Writes an audit entry.
    """
    spec = _specs[key]
    cleaned = clean(spec, value)
    row = Option.objects.select_for_update().filter(key=key).first()
    before = row.value if row else spec.default
    if before == cleaned:
        return cleaned
    Option.objects.update_or_create(key=key, defaults={"value": cleaned})
    audit.record(
        "option_changed", key, actor=actor, before={key: before}, after={key: cleaned}, now=now
    )
    transaction.on_commit(_publish)
    return cleaned


def forget() -> None:
    """Drop this process's copy, so that the next question reads the shared one."""
    _shared_values.forget()


def clean(spec: OptionSpec, value: Any) -> Any:
    """The value in its stored form. Raises ValidationError when it does not fit `spec`."""
    return _CLEANERS[spec.kind](spec, value)


def _current_values() -> dict[str, Any]:
    return _stored_values() if _changed_here() else _shared_values()


def _changed_here() -> bool:
    """Whether this transaction has changed an option that others must not see yet."""
    return any(entry[1] is _publish for entry in connection.run_on_commit)


@remembered(seconds=FRESH_SECONDS)
def _shared_values() -> dict[str, Any]:
    # The version is read before the rows: a writer who commits in between raises it, so that
    # nobody finds the older rows under the newer version.
    version = cache.get("options-version", 0)
    values = cache.get(f"options-{version}")
    if values is None:
        values = _stored_values()
        cache.set(f"options-{version}", values, SHARED_SECONDS)
    return dict(values)


def _stored_values() -> dict[str, Any]:
    return dict(Option.objects.values_list("key", "value"))


def _publish() -> None:
    forget()
    cache.set("options-version", time.time_ns(), None)


def _clean_bool(spec: OptionSpec, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(_("Choose yes or no."))
    return value


def _clean_number(spec: OptionSpec, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as refusal:
        raise ValidationError(_("Enter a number.")) from refusal
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValidationError(_("Enter a number."))
    if spec.kind == "int":
        if not number.is_integer():
            raise ValidationError(_("Enter a whole number."))
        number = int(number)
    if spec.minimum is not None and number < spec.minimum:
        raise ValidationError(_("Enter %(limit)s or more.") % {"limit": f"{spec.minimum:g}"})
    if spec.maximum is not None and number > spec.maximum:
        raise ValidationError(_("Enter %(limit)s or less.") % {"limit": f"{spec.maximum:g}"})
    return number


def _clean_text(spec: OptionSpec, value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("Enter a text."))
    text = value.replace("\x00", "").strip()
    limit = int(spec.maximum) if spec.maximum is not None else MAX_LENGTH[spec.kind]
    if len(text) > limit:
        raise ValidationError(_("Enter at most %(limit)s characters.") % {"limit": limit})
    if spec.kind == "str" and ("\n" in text or "\r" in text):
        raise ValidationError(_("Enter one line."))
    if spec.minimum is not None and len(text) < spec.minimum:
        raise ValidationError(_("Enter at least %(limit)g characters.") % {"limit": spec.minimum})
    return text


def _clean_choice(spec: OptionSpec, value: Any) -> str:
    if value not in [key for key, _label in spec.choices]:
        raise ValidationError(_("Choose one of the given values."))
    return str(value)


def _clean_list(spec: OptionSpec, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValidationError(_("Enter one value a line."))
    items = [item.replace("\x00", "").strip() for item in value]
    kept = list(dict.fromkeys(item for item in items if item))
    if len(kept) > MAX_ITEMS or any(len(item) > MAX_LENGTH["str"] for item in kept):
        raise ValidationError(_("That is too much: enter fewer or shorter lines."))
    return kept


_CLEANERS: dict[str, Callable[[OptionSpec, Any], Any]] = {
    "bool": _clean_bool,
    "int": _clean_number,
    "float": _clean_number,
    "str": _clean_text,
    "text": _clean_text,
    "choice": _clean_choice,
    "list": _clean_list,
}
