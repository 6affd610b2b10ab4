"""Custom fields on forms that open tickets: those of the chosen department and service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.forms import BoundField

from tickets.custom_fields.definitions import active_fields, fields_for
from tickets.custom_fields.form_fields import form_fields_for
from tickets.forms import RowField
from tickets.models import CustomField

Pairs = Iterable[tuple[Any, Any]]
_NEVER_AGAIN = ("csrfmiddlewaretoken", "idempotency_key")


class AskingForm(forms.BaseForm):
    """A form that also asks the company's own fields; its constructor calls `ask`."""

    asked: list[CustomField]

    def ask(self, *, service: str, url: str, is_for_customers: bool) -> None:
        """Add the fields for what is chosen in `department` and in the field `service`.

        Other choices ask anew at `url`, as long as any field minds them.
        """
        department_id, service_id = self._chosen("department"), self._chosen(service)
        asked = fields_for(department_id=department_id, service_id=service_id)
        self.asked = [one for one in asked if one.show_on_client_portal or not is_for_customers]
        self.fields.update(form_fields_for(self.asked, requires=self.requires))
        self.refresh_url = url if any(map(_has_scope, active_fields())) else ""
        for name in ("department", service) if self.refresh_url else ():
            if name in self.fields:
                self.fields[name].widget.attrs |= _asking_anew(url)

    def requires(self, field: CustomField) -> bool:
        """Whether the form refuses an empty answer."""
        return field.required_to_submit

    @property
    def own_fields(self) -> list[BoundField]:
        """The controls of the custom fields, for templates."""
        return [self[field.name] for field in self.asked]

    def answers(self) -> dict[int, Any]:
        """What was said in them. Call it on a valid form only."""
        return {field.pk: self.cleaned_data[field.name] for field in self.asked}

    def _chosen(self, name: str) -> int | None:
        """The key of the chosen row; of a select that has no empty choice, the first one's."""
        field = self.fields.get(name)
        if not isinstance(field, RowField):
            return None
        pairs = [str(value) for value, _label in cast("Pairs", field.choices)]
        given = self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)
        chosen = str(given or "") if str(given or "") in pairs else (pairs or [""])[0]
        return int(chosen) if chosen else None


def typed_initial(data: Any, several: Iterable[str]) -> dict[str, Any]:
    """What was typed, to be shown again unchecked; `several` are the names of many choices."""
    typed = {name: data.get(name) for name in data if name not in _NEVER_AGAIN}
    return {**typed, **{name: data.getlist(name) for name in several if name in data}}


def names_of_several() -> list[str]:
    """The controls in which more than one value is chosen."""
    return [field.name for field in active_fields() if field.kind == CustomField.Kind.MULTI]


def _has_scope(field: CustomField) -> bool:
    return bool(field.departments.all()) or bool(field.services.all())


def _asking_anew(url: str) -> dict[str, str]:
    """Files and long texts need not travel for it."""
    return {
        "hx-post": url,
        "hx-target": "#custom-fields",
        "hx-swap": "outerHTML",
        "hx-trigger": "change",
        # Its own: a form that is sent meanwhile must not be dropped for it.
        "hx-sync": "this:queue last",
        "hx-disabled-elt": "unset",
        "hx-encoding": "application/x-www-form-urlencoded",
        "hx-params": "not text,message,attachments,idempotency_key",
    }
