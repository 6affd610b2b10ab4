"""How a bound field becomes markup: its classes, its words, and what describes it to the ear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField, widgets
from django.utils.safestring import SafeString

_GROUPS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)
_WIDE = (widgets.SelectMultiple,)


@dataclass(frozen=True)
class FieldView:
    """A field as `ui/field.html` shows it; an editor is a fieldset of controls of its own."""

    field: BoundField
    widget: SafeString | str
    is_check: bool
    is_group: bool
    is_editor: bool
    is_select: bool
    is_required: bool
    errors: list[str]
    error_id: str
    hint_id: str
    describedby: str


def field_view(field: BoundField) -> FieldView:
    """Dress the widget of `field` and collect what stands around it."""
    widget = field.field.widget
    errors = [str(error) for error in field.errors]
    error_id, hint_id = f"{field.auto_id}-error", f"{field.auto_id}-hint"
    described = [hint_id] * bool(field.help_text) + [error_id] * bool(errors)
    is_group = isinstance(widget, _GROUPS)
    return FieldView(
        field=field,
        widget=_group(field) if is_group else _single(field, " ".join(described)),
        is_check=isinstance(widget, widgets.CheckboxInput),
        is_group=is_group,
        is_editor=getattr(widget, "is_editor", False),
        is_select=isinstance(widget, widgets.Select) and not isinstance(widget, (*_GROUPS, *_WIDE)),
        is_required=field.field.required and not isinstance(widget, widgets.CheckboxInput),
        errors=errors,
        error_id=error_id,
        hint_id=hint_id,
        describedby=" ".join(described),
    )


def _single(field: BoundField, described: str) -> SafeString:
    attrs: dict[str, Any] = {"class": _classes(field)}
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


def _group(field: BoundField) -> str:
    # Each choice is rendered in the template; it takes its class from the widget.
    field.field.widget.attrs.setdefault("class", "check")
    return ""


def _classes(field: BoundField) -> str:
    widget = field.field.widget
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, widgets.CheckboxInput):
        plain = "switch" if widget.attrs.get("role") == "switch" else "check"
    elif isinstance(widget, widgets.Select) and not isinstance(widget, _WIDE):
        plain = ""
    else:
        plain = "input"
    return f"{plain} {own}".strip()
