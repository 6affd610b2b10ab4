"""The editors of effects and of the trigger as form fields, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from automation.arguments import choices_read_once
from automation.effect_drafts import EffectsDraft, draft_from, draft_of
from automation.effects import EffectSpec, clean_effects, registry, tell_effect
from automation.triggers import TriggerSpec, clean_trigger, triggers_for
from automation.triggers import registry as triggers
from automation.typed_arguments import (
    Control,
    Texts,
    control_of,
    raw_of,
    texts_posted,
    texts_stored,
)
from core.condition_rows import Choice


@dataclass(frozen=True)
class Heading:
    """Effects of one group, as a list offers them."""

    label: Any
    choices: list[Choice]


@dataclass(frozen=True, kw_only=True)
class EffectView:
    """One row of the editor; the names of its controls begin with `name`."""

    name: str
    number: int
    headings: list[Heading]
    controls: list[Control]
    errors: list[str]
    takes_focus: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class EffectsView:
    """The whole editor, swapped as one piece."""

    id: str
    name: str
    rows: list[EffectView]
    takes_focus: bool


@dataclass(frozen=True)
class TypedTrigger:
    """A trigger as typed: its key and the texts of its arguments."""

    key: str
    texts: Texts

    def spec(self, kind: str) -> TriggerSpec | None:
        """The trigger, if rules of this kind may wait for it."""
        return next((one for one in triggers_for(kind) if one.key == self.key), None)


class _Editor(forms.Widget):
    """A fieldset of controls, drawn by the project's own templates."""

    template_name = ""
    use_fieldset = True
    is_editor = True
    kind = ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None) -> str:
        """The editor is a fieldset: its legend names it."""
        return ""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """By the project's templates, which Django's own renderer does not see."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class EffectsEditor(_Editor):
    """Rows of an effect and its arguments, in the order in which they are done."""

    template_name = "automation/effects.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> EffectsDraft:
        return draft_from(data, name)

    @choices_read_once()
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        is_typed = isinstance(value, EffectsDraft)
        draft = value if is_typed else replace(draft_of(value or []), is_checked=False)
        rows = [_row(draft, number, name, kind=self.kind) for number in range(len(draft.rows))]
        focus = draft.focus == -1
        view = EffectsView(id=f"id_{name}_editor", name=name, rows=rows, takes_focus=focus)
        return {"editor": view}


class EffectsField(forms.Field):
    """What a rule does, as `clean_effects` stores it."""

    widget = EffectsEditor

    def __init__(self, *, kind: str = "", **options: Any) -> None:
        super().__init__(required=False, **options)
        self.of_kind(kind)

    def of_kind(self, kind: str) -> None:
        """Offer what rules of this kind may do."""
        self.kind = kind
        editor: Any = self.widget
        editor.kind = kind

    def clean(self, value: Any) -> list[dict[str, Any]]:
        draft = value if isinstance(value, EffectsDraft) else draft_of(value or [])
        if not draft.rows:
            raise ValidationError(_("Add at least one effect."), "required")
        return clean_effects(draft.raw(), kind=self.kind)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != list(initial or [])
        except ValidationError:
            return True

    def words_of(self, value: Any) -> str:
        """What is done, in words: for conflicts."""
        try:
            return ", ".join(map(tell_effect, self.clean(value)))
        except ValidationError:
            return _("effects that are not complete")


class TriggerEditor(_Editor):
    """A list of occasions, and the arguments of the chosen one."""

    template_name = "automation/trigger.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedTrigger:
        key = str(data.get(name, ""))
        spec = TypedTrigger(key, {}).spec(self.kind)
        return TypedTrigger(key, texts_posted(data, name, spec.arguments) if spec else {})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed = value if isinstance(value, TypedTrigger) else _stored_trigger(value, self.kind)
        spec = typed.spec(self.kind)
        return {
            "id": f"id_{name}_editor",
            "name": name,
            "choices": [
                Choice(one.key, one.label, one.key == typed.key) for one in triggers_for(self.kind)
            ],
            "controls": [control_of(one, name, typed.texts) for one in spec.arguments]
            if spec
            else [],
            "is_chosen": spec is not None,
        }


class TriggerField(forms.Field):
    """When a rule runs: (key, arguments) as `clean_trigger` stores them."""

    widget = TriggerEditor

    def __init__(self, *, kind: str = "", **options: Any) -> None:
        super().__init__(required=False, **options)
        self.of_kind(kind)

    def of_kind(self, kind: str) -> None:
        """Offer what rules of this kind may wait for."""
        self.kind = kind
        editor: Any = self.widget
        editor.kind = kind

    def clean(self, value: Any) -> tuple[str, dict[str, Any]]:
        typed = value if isinstance(value, TypedTrigger) else _stored_trigger(value, self.kind)
        spec = typed.spec(self.kind)
        raw = raw_of(typed.texts, spec.arguments) if spec else {}
        return clean_trigger(typed.key, raw, kind=self.kind)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != tuple(initial or ("", {}))
        except ValidationError:
            return True

    def words_of(self, value: Any) -> str:
        """The occasion in words: for conflicts."""
        try:
            key, arguments = self.clean(value)
        except ValidationError:
            return _("an occasion that is not complete")
        return triggers[key].tell(arguments)


def _row(draft: EffectsDraft, number: int, editor: str, *, kind: str) -> EffectView:
    row, name = draft.rows[number], f"{editor}-{number}"
    return EffectView(
        name=name,
        number=number + 1,
        headings=list(_headings(kind, row.key)),
        controls=[control_of(argument, name, row.texts) for argument in row.arguments],
        errors=row.errors() if draft.is_checked else [],
        takes_focus=draft.focus == number,
        is_first=number == 0,
        is_last=number == len(draft.rows) - 1,
    )


def _headings(kind: str, chosen: str) -> Iterator[Heading]:
    offered = [spec for spec in registry.entries() if kind in spec.kinds]
    offered.sort(key=_group)  # stable: inside a group they stay as registered
    for label, specs in groupby(offered, key=_group):
        yield Heading(label, list(_offered(specs, chosen)))


def _group(spec: EffectSpec) -> str:
    return str(spec.group)


def _offered(specs: Iterable[EffectSpec], chosen: str) -> Iterator[Choice]:
    for spec in specs:
        yield Choice(spec.key, spec.label, spec.key == chosen)


def _stored_trigger(value: Any, kind: str) -> TypedTrigger:
    key, arguments = value or ("", {})
    spec = TypedTrigger(key, {}).spec(kind)
    stored: Mapping[str, Any] = arguments
    return TypedTrigger(key, texts_stored(stored, spec.arguments) if spec else {})
