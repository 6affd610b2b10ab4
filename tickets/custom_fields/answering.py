"""The form by which answers of an open ticket are changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from tickets.custom_fields.definitions import fields_for
from tickets.custom_fields.form_fields import form_fields_for
from tickets.custom_fields.values import values_of
from tickets.models import CustomField, Ticket


class AnswersForm(forms.Form):
    """The fields asked on a ticket; only what was changed here is written.

    Each control carries what it showed, so that two colleagues who change different fields at the
    same time keep both changes.
    """

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = fields_for(department_id=ticket.department_id, service_id=ticket.service_id)
        self.asked = [field for field in asked if self.offers(field)]
        self.values = values_of(ticket)
        own = form_fields_for(self.asked, values=self.values, requires=lambda _field: False)
        for control in own.values():
            control.show_hidden_initial = True
        self.fields.update(own)

    def offers(self, field: CustomField) -> bool:
        """Whether whoever reads the form may answer this one."""
        return True

    @property
    def as_shown(self) -> SafeString:
        """What the controls showed when the form was made."""
        return format_html_join("", "{}", ((bound.as_hidden(only_initial=True),) for bound in self))

    def changes(self) -> dict[int, Any]:
        """The answers that were changed. Call it on a valid form only."""
        return {
            field.pk: self.cleaned_data[field.name]
            for field in self.asked
            if field.name in self.changed_data
        }
