"""The editor of conditions as a form field: rows and groups, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.condition_drafts import Draft, Group, Row, draft_from, draft_of, is_step
from core.condition_rows import editor_view
from core.conditions import Tree, clean, clean_leaf, describe


class ConditionEditor(forms.Widget):
    """Rows of field, operator and value under all, any or none of, one level of groups inside."""

    template_name = "ui/conditions.html"
    use_fieldset = True
    is_editor = True

    def __init__(self, allowed: Iterable[str] = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.allowed = tuple(allowed)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Draft:
        """What was typed, one row more or less when a step was asked for."""
        return draft_from(data, name, self.allowed)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-match" not in data

    def id_for_label(self, id_: str | None) -> str:
        """The editor is a fieldset: its legend names it."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        draft = value if isinstance(value, Draft) else draft_of(value or {}, self.allowed)
        editor = editor_view(draft, name, self.allowed, is_typed=isinstance(value, Draft))
        return {"editor": editor}

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        """By the project's templates, which Django's own renderer does not see."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class ConditionField(forms.Field):
    """A tree of the condition language over the `allowed` fields; empty means always."""

    def __init__(self, *, allowed: Iterable[str], **options: Any) -> None:
        self.allowed = tuple(allowed)
        options.setdefault("required", False)
        super().__init__(widget=ConditionEditor(self.allowed), **options)

    def clean(self, value: Any) -> Tree:
        """The tree in its normal form, or what is wrong, condition by condition."""
        draft = value if isinstance(value, Draft) else draft_of(value or {}, self.allowed)
        if errors := list(_wrong(draft.root, self.allowed)):
            raise ValidationError(errors)
        tree = clean(draft.root.tree(), allowed=self.allowed)
        if self.required and not tree:
            raise ValidationError(_("Add at least one condition."), "required")
        return tree

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the typed rows mean another tree."""
        try:
            return self.clean(data) != draft_of(initial or {}, self.allowed).root.tree()
        except ValidationError:
            return True

    def words_of(self, value: Any) -> str:
        """A tree or a draft of one in words: for the audit log and for conflicts."""
        try:
            return describe(self.clean(value))
        except ValidationError:
            return _("conditions that are not complete")


class StepwiseForm(forms.BaseForm):
    """A form whose editor may ask for another row: then nothing is checked, nothing is saved.

    The page shows again what was typed, with status 200 and without errors.
    """

    @property
    def is_step(self) -> bool:
        return self.is_bound and is_step(self.data)

    def is_valid(self) -> bool:
        return not self.is_step and super().is_valid()

    def full_clean(self) -> None:
        if not self.is_step:
            super().full_clean()
            return
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}


def _wrong(group: Group, allowed: tuple[str, ...]) -> Iterable[ValidationError]:
    """What is wrong with single conditions, each named by its number."""
    for number, row in enumerate(_rows(group), start=1):
        try:
            clean_leaf(row.leaf(), allowed=allowed)
        except ValidationError as refusal:
            yield ValidationError(
                _("Condition %(number)d: %(error)s")
                % {"number": number, "error": refusal.messages[0]}
            )


def _rows(group: Group) -> Iterable[Row]:
    for item in group.items:
        if isinstance(item, Row):
            yield item
        elif isinstance(item, Group):
            yield from _rows(item)
