"""A settings page of declared options: one form, each change audited by itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock, options
from core.access import permission_required
from core.options import OptionSpec
from core.rendering import render_page, see_other


@dataclass(frozen=True, kw_only=True)
class OptionPage:
    """Options that managers edit together; `page.urls()` is its address."""

    url_prefix: str
    url_name: str
    title: Any
    purpose: Any
    keys: Sequence[str]
    permission: str = "settings.change"
    template: str = "core/option_page.html"

    def specs(self) -> list[OptionSpec]:
        """What is declared under the keys, in their order."""
        declared = options.declared()
        return [declared[key] for key in self.keys]

    def urls(self) -> list[URLPattern]:
        """The page, for an app's urlpatterns."""

        @functools.wraps(edit_options)
        def bound(request: HttpRequest, /) -> HttpResponseBase:
            return edit_options(request, self)

        guarded = permission_required(self.permission)(bound)
        return [path(self.url_prefix, guarded, name=self.url_name)]


class OptionsForm(forms.Form):
    """One field for each option; a value is checked by the option's own rules."""

    def __init__(self, specs: Sequence[OptionSpec], data: Any = None) -> None:
        initial = {_name(spec): _shown(spec, options.value(spec.key)) for spec in specs}
        super().__init__(data, initial=initial)
        self.specs = list(specs)
        for spec in self.specs:
            self.fields[_name(spec)] = _FIELDS[spec.kind](spec)

    def clean(self) -> dict[str, Any]:
        """Each value as it would be stored."""
        for spec in self.specs:
            name = _name(spec)
            if name not in self.cleaned_data:
                continue
            try:
                self.cleaned_data[name] = options.clean(spec, _typed(spec, self.cleaned_data[name]))
            except ValidationError as refusal:
                self.add_error(name, refusal)
        return self.cleaned_data

    def changes(self) -> dict[str, Any]:
        """What was changed in this form, by key; the rest stays as others may have set it."""
        changed = set(self.changed_data)
        return {
            spec.key: self.cleaned_data[_name(spec)]
            for spec in self.specs
            if _name(spec) in changed
        }


@require_http_methods(["GET", "HEAD", "POST"])
def edit_options(request: HttpRequest, page: OptionPage) -> HttpResponse:
    """Show the options, or save those that were changed."""
    form = OptionsForm(page.specs(), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        save_options(form.changes(), actor=request.user)
        messages.success(request, _("The settings were saved."))
        return see_other(request, reverse(page.url_name))
    status = 422 if form.is_bound else 200
    return render_page(request, page.template, {"page": page, "form": form}, status=status)


@transaction.atomic
def save_options(changes: dict[str, Any], *, actor: Any) -> None:
    """Store all of the values or none."""
    now = clock.now()
    for key, value in changes.items():
        options.set_value(key, value, actor=actor, now=now)


def _name(spec: OptionSpec) -> str:
    # The dot of a key would need escaping wherever a style or script names the field.
    return spec.key.replace(".", "-")


def _shown(spec: OptionSpec, value: Any) -> Any:
    return "\n".join(value) if spec.kind == "list" else value


def _typed(spec: OptionSpec, value: Any) -> Any:
    return value.splitlines() if spec.kind == "list" else value


def _words(spec: OptionSpec) -> dict[str, Any]:
    return {"label": spec.label, "help_text": spec.help, "required": False}


def _yes_or_no(spec: OptionSpec) -> forms.Field:
    return forms.BooleanField(**_words(spec), widget=forms.CheckboxInput({"role": "switch"}))


def _number(spec: OptionSpec) -> forms.Field:
    kind = forms.IntegerField if spec.kind == "int" else forms.FloatField
    limits = {"min_value": spec.minimum, "max_value": spec.maximum}
    return kind(**{**_words(spec), **limits, "required": True})


def _line(spec: OptionSpec) -> forms.Field:
    length = None if spec.maximum is None else int(spec.maximum)
    return forms.CharField(**_words(spec), max_length=length)


def _lines(spec: OptionSpec) -> forms.Field:
    return forms.CharField(**_words(spec), widget=forms.Textarea({"rows": 5}))


def _choice(spec: OptionSpec) -> forms.Field:
    return forms.ChoiceField(**_words(spec), choices=list(spec.choices))


_FIELDS: dict[str, Callable[[OptionSpec], forms.Field]] = {
    "bool": _yes_or_no,
    "int": _number,
    "float": _number,
    "str": _line,
    "text": _lines,
    "list": _lines,
    "choice": _choice,
}
