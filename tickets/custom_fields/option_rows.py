"""The options of a field, edited on its own form: words, order, and which are still offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.text import clean_line
from tickets.models import CustomField

MAX_OPTIONS: Final = 200
MAX_LABEL: Final = 80
BLANK_ROWS: Final = 4
_DIGITS: Final = 9


@dataclass(frozen=True)
class OptionDraft:
    """One row as typed; `pk` is empty for a new one."""

    label: str = ""
    is_offered: bool = True
    pk: str = ""


class OptionRows(forms.Widget):
    """A row for each option, and some to fill."""

    template_name = "tickets/option_rows.html"
    use_fieldset = True
    is_editor = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[OptionDraft, ...]:
        """The rows in the order of their numbers; those without words are left out."""
        numbers = range(min(_whole(data.get(f"{name}-count", "")), MAX_OPTIONS + BLANK_ROWS))
        rows = [(_place(data, name, number), _row(data, name, number)) for number in numbers]
        return tuple(row for _at, row in sorted(rows, key=lambda pair: pair[0]) if row.label)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def id_for_label(self, id_: str | None) -> str:
        """The editor is a fieldset: its legend names it."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        rows = [*(value or ()), *[OptionDraft()] * BLANK_ROWS]
        numbered = [(f"{name}-{number}", number + 1, row) for number, row in enumerate(rows)]
        return {"name": name, "rows": numbered, "count": len(rows)}

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """By the project's templates, which Django's own renderer does not see."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class OptionsField(forms.Field):
    """The options in their order; words that stand there twice are refused."""

    widget = OptionRows

    def clean(self, value: Any) -> tuple[OptionDraft, ...]:
        """The typed rows. Raises ValidationError for one word in two rows."""
        rows: Sequence[OptionDraft] = value or ()
        seen: set[str] = set()
        for row in rows:
            if row.label.casefold() in seen:
                raise ValidationError(_("“%(label)s” stands there twice.") % {"label": row.label})
            seen.add(row.label.casefold())
        if len(rows) > MAX_OPTIONS:
            raise ValidationError(_("Use at most %(count)d options.") % {"count": MAX_OPTIONS})
        return tuple(rows)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(initial or ()) != tuple(data or ())

    def words_of(self, value: Any) -> str:
        """The rows for the audit log and for conflicts."""
        return ", ".join(
            row.label if row.is_offered else _("%(label)s (archived)") % {"label": row.label}
            for row in value or ()
        )


def drafts_of(field: CustomField) -> tuple[OptionDraft, ...]:
    """The options of a stored field as rows."""
    rows = field.options.order_by("position", "pk")
    return tuple(OptionDraft(row.label, row.archived_at is None, str(row.pk)) for row in rows)


def offered(rows: Iterable[OptionDraft]) -> list[OptionDraft]:
    """Those to choose from."""
    return [row for row in rows if row.is_offered]


def _row(data: Any, name: str, number: int) -> OptionDraft:
    prefix = f"{name}-{number}"
    return OptionDraft(
        label=clean_line(data.get(f"{prefix}-label", ""), MAX_LABEL),
        is_offered=f"{prefix}-offered" in data,
        pk=data.get(f"{prefix}-id", ""),
    )


def _place(data: Any, name: str, number: int) -> tuple[int, int]:
    """By the typed number; of two equal ones the one that stood above comes first."""
    return _whole(data.get(f"{name}-{number}-place", "")) or number + 1, number


def _whole(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if is_number else 0
