"""Answers in the company's own fields as customers see them: only those shown on the portal."""

from __future__ import annotations

from tickets.custom_fields import active_fields, values_of, words_of
from tickets.custom_fields.answering import AnswersForm
from tickets.models import CustomField, Ticket


class EditableAnswers(AnswersForm):
    """What a customer may set right on an open request."""

    def offers(self, field: CustomField) -> bool:
        return field.show_on_client_portal and field.editable_by_customer


def shown_answers(ticket: Ticket, *, besides: AnswersForm | None) -> list[tuple[str, str]]:
    """Label and words of what customers may read and do not see in the form `besides` anyway."""
    editable = {field.pk for field in besides.asked} if besides else set()
    shown = [
        field
        for field in active_fields()
        if field.show_on_client_portal and field.pk not in editable
    ]
    if not shown:
        return []
    values = values_of(ticket)
    return [
        (field.label, words_of(field, values[field.pk])) for field in shown if field.pk in values
    ]
