"""The split page: which messages become a ticket of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.moments import moment_mark
from core.text import excerpt
from customers.models import Customer
from tickets import vocabulary
from tickets.actions import Split, split_ticket
from tickets.actors import Actor
from tickets.forms import LineField, RowField
from tickets.models import Message, Ticket

MAX_SHOWN = 200
PREVIEW = 160


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One message to choose."""

    pk: str
    author: str
    kind: str
    time: SafeString
    text: str
    is_chosen: bool


class SplitForm(forms.Form):
    """The new ticket: its subject, whose it is, where it goes."""

    subject = LineField(label=gettext_lazy("Subject of the new ticket"), max_length=255)
    customer = forms.TypedChoiceField(
        label=gettext_lazy("Customer"), coerce=int, required=False, empty_value=None
    )
    department = RowField(label=gettext_lazy("Department"), rows=vocabulary.departments)

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        self.authors = {row.pk: row for row in _authors(ticket)}
        choices = [(pk, row.display_name) for pk, row in self.authors.items()]
        self.fields["customer"].choices = choices  # type: ignore[attr-defined] # a ChoiceField
        self.fields["customer"].initial = ticket.customer_id
        self.fields["department"].initial = ticket.department_id

    def split(self, chosen: list[int], ticket: Ticket) -> Split:
        """What the valid form asks for."""
        said = self.cleaned_data
        moves = said["department"].pk != ticket.department_id
        return Split(
            messages=chosen,
            subject=said["subject"],
            customer=self.authors.get(said["customer"]),
            department=said["department"] if moves else None,
        )


def pieces_of(ticket: Ticket, chosen: set[int], *, now: datetime) -> list[Piece]:
    """The newest messages of the ticket, oldest first."""
    rows = list(ticket.messages.order_by("-pk")[:MAX_SHOWN])[::-1]
    return [
        Piece(
            pk=str(row.pk),
            author=row.author_name or row.author_email or _("Unknown sender"),
            kind=str(row.get_kind_display()),
            time=moment_mark(row.created_at, now=now),
            text=excerpt(row.text, PREVIEW),
            is_chosen=row.pk in chosen,
        )
        for row in rows
    ]


def tried(
    ticket: Ticket, form: SplitForm, chosen: set[int], *, user: User, now: datetime
) -> Ticket | None:
    """The new ticket of a valid `form`; None when it was refused, and the form says why."""
    wanted = form.split(sorted(chosen), ticket)
    try:
        return split_ticket(ticket, split=wanted, actor=Actor.of_user(user), now=now)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return None


def from_here(ticket: Ticket, start: int) -> set[int]:
    """A message and the customer's and staff's ones after it; notes go along only by choice."""
    later = ticket.messages.filter(pk__gte=start).exclude(kind=Message.Kind.NOTE)
    return set(later.values_list("pk", flat=True)[:MAX_SHOWN])


def _authors(ticket: Ticket) -> list[Customer]:
    """The customer first, then whoever else wrote as one."""
    wrote = Customer.objects.filter(messages__ticket=ticket).exclude(pk=ticket.customer_id)
    return [ticket.customer, *wrote.distinct().order_by("pk")[:20]]
