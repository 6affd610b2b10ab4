"""A form field for what is written and never shown again (X-54)."""

from __future__ import annotations

from typing import Any

from django import forms


class SecretField(forms.CharField):
    """Written and never shown again: what was typed does not come back either (X-54)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(required=False, max_length=500, widget=widget, **kwargs)

    def bound_data(self, data: Any, initial: Any) -> str:
        """Nothing, so that no page that repeats a form repeats a secret."""
        return ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)
