"""A key as somebody asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from api.scopes import grantable

LIFETIMES = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("", _("Until it is revoked")),
)


class KeyForm(forms.Form):
    """What the key is for, what it may do, how long it lives."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The program that will use it.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may: when you lose a right, the key loses it."),
    )
    lifetime = forms.ChoiceField(
        label=_("How long it lives"), choices=LIFETIMES, initial="365", required=False
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.name, scope.label) for scope in grantable(owner)]
        cast(forms.MultipleChoiceField, self.fields["scopes"]).choices = choices

    def expires_at(self, now: datetime) -> datetime | None:
        """When a key made now ends; for a valid form."""
        days = self.cleaned_data["lifetime"]
        return now + timedelta(days=int(days)) if days else None
