"""A ticket's answers in the company's own fields, as agents read and change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.links import ticket_url
from tickets.custom_fields import words_of
from tickets.custom_fields.answering import AnswersForm
from tickets.custom_fields.definitions import active_fields, all_fields
from tickets.custom_fields.values import Kind
from tickets.models import CustomField, Ticket


class TicketAnswersForm(AnswersForm):
    """The same for agents: it says what keeps the ticket from being resolved."""

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, ticket=ticket, **options)
        for field in self.missing:
            control = self.fields[field.name]
            control.help_text = _with_need(control.help_text)

    @property
    def missing(self) -> list[CustomField]:
        """Fields that keep the ticket from being resolved."""
        return [row for row in self.asked if row.required_to_resolve and row.pk not in self.values]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The card: the form, links that were answered, and answers nobody asks for here any more."""

    form: TicketAnswersForm
    links: list[SafeString]
    others: list[tuple[str, str]]
    lacking: str
    url: str


def answers_of(ticket: Ticket, form: TicketAnswersForm | None = None) -> Answers | None:
    """What the card shows; None where nothing is asked and nothing was answered."""
    if not all_fields():
        return None
    form = form or TicketAnswersForm(ticket=ticket)
    asked = {field.pk for field in form.asked}
    others = [
        (field.label, words_of(field, form.values[field.pk]))
        for field in all_fields()
        if field.pk in form.values and field.pk not in asked
    ]
    if not form.asked and not others:
        return None
    return Answers(
        form=form,
        links=[
            _link(field, form.values[field.pk])
            for field in active_fields()
            if _is_link(field, form)
        ],
        others=others,
        lacking=", ".join(field.label for field in form.missing),
        url=f"{ticket_url(ticket.number)}/custom_fields",
    )


def _is_link(field: CustomField, form: TicketAnswersForm) -> bool:
    """Whatever wrote the answer: nothing that could run becomes a link (X-29)."""
    address = str(form.values.get(field.pk, ""))
    return field.kind == Kind.URL and address.startswith(("https://", "http://"))


def _link(field: CustomField, address: str) -> SafeString:
    return format_html(
        '<a class="link truncate" href="{}" rel="noopener noreferrer" target="_blank">{}</a>',
        address,
        field.label,
    )


def _with_need(hint: Any) -> str:
    need = _("Needed before the ticket is resolved.")
    return f"{hint} {need}" if hint else need
